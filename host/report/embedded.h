// Files that are part of the program.
#pragma once

#include <string_view>

namespace genretrack {

std::string_view vega_script();  // Vega 5 (https://vega.github.io/vega), which draws the charts of pages
std::string_view page_style();   // page.css
std::string_view page_script();  // page.js

}  // namespace genretrack

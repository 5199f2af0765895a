// Vega 5 (https://vega.github.io/vega), the library that draws the charts of pages.
#pragma once

#include <string_view>

namespace genretrack {

// The whole library as one script, fit to stand in a <script> element.
std::string_view vega_script();

}  // namespace genretrack

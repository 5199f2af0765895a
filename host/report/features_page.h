// The page of a recording's transforms.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "host/report/picture.h"

namespace genretrack {

// A picture as a Vega specification: the heat map is a PNG in a data URL of at most kPageColumns columns and
// twice the chart's height in rows, lossless where it has no more.
nlohmann::json picture_chart(const Picture& picture);

// Self-contained HTML: a title, paragraphs, and a chart per picture.
std::string features_page(const std::string& title, const std::vector<std::string>& paragraphs,
                          const std::vector<Picture>& pictures);

}  // namespace genretrack

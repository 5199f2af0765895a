// Vega specifications of the charts of trends. Their width is a signal that the page sets.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>

#include "host/trends/analysis.h"

namespace genretrack {

// All genres, one upon the other.
nlohmann::json stacked_shares_chart(const TrendAnalysis& analysis);

// One genre with the band of what is analysed, the other estimates as thin lines, and a forecast where one
// showed skill.
nlohmann::json genre_chart(const TrendAnalysis& analysis, std::size_t genre);

// How much the mixture changes at each period, as a multiple of what chance reaches; needs `changes`.
nlohmann::json novelty_chart(const TrendAnalysis& analysis);

nlohmann::json diversity_chart(const TrendAnalysis& analysis);

}  // namespace genretrack

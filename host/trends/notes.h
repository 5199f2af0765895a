// What a reader must know to weigh an analysis of trends: assumptions that do not hold, and what could not be
// done, in sentences.
#pragma once

#include <string>
#include <vector>

#include "host/trends/analysis.h"

namespace genretrack {

// Whether the drift of a genre is both more than chance and large enough to matter.
bool drifts(const GenreDrift& drift, double level);

std::vector<std::string> trend_notes(const TrendAnalysis& analysis);

}  // namespace genretrack

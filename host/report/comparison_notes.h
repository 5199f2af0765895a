// What a reader must know to weigh a comparison: the notes of its runs, and what its design cannot do.
#pragma once

#include <string>
#include <vector>

#include "host/report/comparison_model.h"

namespace genretrack {

std::vector<std::string> comparison_notes(const Comparison& comparison);

// How the figures came about, in short sentences.
std::vector<std::string> method_notes(const Comparison& comparison);

}  // namespace genretrack

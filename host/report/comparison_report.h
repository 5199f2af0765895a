// A comparison as text for a terminal, as one JSON document, and as a page.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "host/report/comparison_model.h"
#include "host/report/table.h"

namespace genretrack {

Table metrics_table(const Comparison& comparison);  // a row per run, of probabilities averaged over seeds
Table seeds_table(const Comparison& comparison);    // a row per run, of single trainings
Table recall_table(const Comparison& comparison);   // a row per genre, a column per run
Table pairs_table(const Comparison& comparison);    // a row per figure, a column per candidate

std::string comparison_text(const Comparison& comparison);
nlohmann::ordered_json comparison_json(const Comparison& comparison);
std::string comparison_page(const Comparison& comparison);  // self-contained HTML

}  // namespace genretrack

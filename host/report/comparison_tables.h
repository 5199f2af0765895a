// The tables of a comparison, the same in text, Markdown and page.
#pragma once

#include "host/report/comparison_model.h"
#include "host/report/table.h"

namespace genretrack {

Table metrics_table(const Comparison& comparison);      // a row per run, of probabilities averaged over seeds
Table intervals_table(const Comparison& comparison);    // the same, each figure with its interval
Table seeds_table(const Comparison& comparison);        // a row per run, of single trainings
Table sources_table(const Comparison& comparison);      // a row per run: artists, clips, seeds, rest
Table calibration_table(const Comparison& comparison);  // a row per run, before and after temperature
// A row per genre, a column per run shown in detail; recall with its spread over seeds, or with its interval.
Table recall_spread_table(const Comparison& comparison);
Table recall_table(const Comparison& comparison);
Table precision_table(const Comparison& comparison);  // likewise
Table pairs_table(const Comparison& comparison);      // a row per figure, a column per candidate in detail
Table verdicts_table(const Comparison& comparison);   // a row per candidate
Table branches_table(const Comparison& comparison, const BranchStudy& study);  // a row per branch
Table disagreement_table(const BranchStudy& study);                            // a row per pair of branches
// A row per clip, at most `most` of them.
Table changed_table(const Comparison& comparison, const Candidate& candidate, std::size_t most);
Table data_table(const Comparison& comparison);         // a row per part of the first training's split
Table runs_table(const Comparison& comparison);         // what was trained
Table environment_table(const Comparison& comparison);  // where

}  // namespace genretrack

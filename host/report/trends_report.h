// An analysis of trends as text for a terminal, as one JSON document, as CSV files, and as a page.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "host/report/table.h"
#include "host/trends/analysis.h"

namespace genretrack {

// What was found, in sentences: each begins what a reader should know next.
std::vector<std::string> trends_story(const TrendAnalysis& analysis);
// The answer to "is it predictable?", one of them.
std::string predictability_sentence(const TrendAnalysis& analysis);
// How the figures came about.
std::vector<std::string> trends_methods(const TrendAnalysis& analysis);

Table shares_table(const TrendAnalysis& analysis);  // a row per period, in percent
Table trend_table(const TrendAnalysis& analysis);   // a row per genre
Table cycle_table(const TrendAnalysis& analysis);   // a row per genre
Table change_table(const TrendAnalysis& analysis);  // a row per method and change
Table lead_table(const TrendAnalysis& analysis);    // a row per pair
Table drift_table(const TrendAnalysis& analysis);   // a row per genre
Table skill_table(const TrendAnalysis& analysis);   // a row per method, a column per horizon

std::string trends_text(const TrendAnalysis& analysis);
nlohmann::ordered_json trends_json(const TrendAnalysis& analysis);
std::map<std::string, std::string> trends_csv(const TrendAnalysis& analysis);  // file name -> content
std::string trends_page(const TrendAnalysis& analysis, const std::string& title);

}  // namespace genretrack

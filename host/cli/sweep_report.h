// What a sweep gave: a ranking on validation clips, and how much of the lead is selection.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "host/cli/run_all.h"

namespace genretrack {

// The experiments of one sweep with their outcomes; writes runs/<sweep>.sweep/sweep.csv and sweep.json and
// answers with the content of sweep.json. Test figures are given for the one run that validation chose, and
// for no other. Throws Error(kData).
nlohmann::ordered_json report_sweep(const std::vector<const Planned*>& members,
                                    const std::vector<const RunOutcome*>& outcomes,
                                    const std::filesystem::path& runs);

// The ranked table, and what to think of its first line.
std::string sweep_text(const nlohmann::ordered_json& report);

}  // namespace genretrack

// Experiments as processes of their own, a few at a time.
#pragma once

#include "host/cli/run_all.h"

namespace genretrack {

// run_all() where trainings run at once, or a budget has to be able to stop them.
std::vector<RunOutcome> run_as_children(const std::vector<Planned>& all, const GlobalOptions& global,
                                        const RunPlan& plan, Device device);

}  // namespace genretrack

// Several experiments of one command: one after the other or at once, until all are done or the time is over.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "host/cli/plan.h"
#include "host/core/error.h"

namespace genretrack {

struct RunPlan {
  std::filesystem::path runs = "runs";
  bool force = false;
  bool wait = false;             // for another program that runs the same experiment, instead of failing
  int jobs = 1;                  // trainings at once; more than one are processes of their own
  std::optional<double> budget;  // seconds for everything; what runs then stops with its last epoch kept
};

// What became of one experiment.
struct RunOutcome {
  nlohmann::ordered_json summary;  // of a finished one
  std::string problem;             // of a failed one; both empty: the time was over before it was done
  ErrorKind kind = ErrorKind::kFailure;
  bool finished() const { return !summary.is_null(); }
};

// In the order of `all`. A failure ends no other experiment. Where several commands run the same experiments,
// each is trained by one of them, and the others wait for it at the end. Throws Error(kInterrupted), with
// everything finished kept.
std::vector<RunOutcome> run_all(const std::vector<Planned>& all, const GlobalOptions& global,
                                const RunPlan& plan, Device device);

// "90 s" -> 90, "2h", "30m", "1.5h", "45" (seconds). Throws Error(kUsage).
double seconds_of(const std::string& text);

}  // namespace genretrack

// A chroma bank without the weights that come to nothing: a bin's energy goes to the six pitch classes around
// its pitch, and the others get less than 1e-7 of that. Half of the work is left.
#pragma once

#include <vector>

namespace genretrack {

inline constexpr int kRunClasses = 6;

// Neighbouring bins that share their classes first_class, first_class + 1, ... (circular).
struct ChromaRun {
  int begin, end;  // bins
  int first_class;
};

struct ChromaRuns {
  std::vector<ChromaRun> runs;
  std::vector<float> weight;  // kRunClasses per bin of each run, one behind another
};

// From a bank (bins, 12). The lowest bins, which are wider than a semitone, are in two runs with all twelve.
ChromaRuns make_chroma_runs(const std::vector<float>& bank);

}  // namespace genretrack

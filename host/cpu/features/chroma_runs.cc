#include "host/cpu/features/chroma_runs.h"

#include <algorithm>

#include "host/dsp/feature_params.h"

namespace genretrack {
namespace {

constexpr float kNothing = 1e-7f;  // of the bin's largest weight

// The sum of the classes that a run from `first` on takes, or leaves out.
float sum_of(const float* weight, int first, int count) {
  float sum = 0;
  for (int i = 0; i < count; ++i) sum += weight[(first + i) % kChromaBins];
  return sum;
}

void append(ChromaRuns& result, const float* weight, int bin, int first) {
  if (!result.runs.empty() && result.runs.back().first_class == first && result.runs.back().end == bin)
    ++result.runs.back().end;
  else
    result.runs.push_back({bin, bin + 1, first});
  for (int i = 0; i < kRunClasses; ++i) result.weight.push_back(weight[(first + i) % kChromaBins]);
}

}  // namespace

ChromaRuns make_chroma_runs(const std::vector<float>& bank) {
  ChromaRuns result;
  const int bins = static_cast<int>(bank.size()) / kChromaBins;
  for (int k = 0; k < bins; ++k) {
    const float* weight = bank.data() + static_cast<std::ptrdiff_t>(k) * kChromaBins;
    int best = 0;
    for (int first = 1; first < kChromaBins; ++first)
      if (sum_of(weight, first, kRunClasses) > sum_of(weight, best, kRunClasses)) best = first;
    const float left_out = sum_of(weight, best + kRunClasses, kChromaBins - kRunClasses);
    if (left_out > kNothing * *std::max_element(weight, weight + kChromaBins)) {
      append(result, weight, k, 0);
      append(result, weight, k, kRunClasses);
    } else {
      append(result, weight, k, best);
    }
  }
  return result;
}

}  // namespace genretrack

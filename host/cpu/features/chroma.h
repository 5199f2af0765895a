// Power to pitch classes.
#pragma once

#include "host/cpu/features/lanes.h"
#include "host/cpu/features/workspace.h"
#include "host/dsp/chroma.h"

namespace genretrack {

// One group's power (bins, L) by a bank into column `frame` of chroma (12, frames).
template <int L>
GENRETRACK_INLINE void chroma_group(const FeatureTables& t, const ChromaRuns& bank, const float* power,
                                    int frame, float* chroma) {
  using A = Lanes<L>;
  using V = typename A::V;
  V sum[kChromaBins]{};
  const float* weight = bank.weight.data();
  for (const ChromaRun& run : bank.runs) {
    V part[kRunClasses]{};
    for (int k = run.begin; k < run.end; ++k, weight += kRunClasses) {
      const V x = A::load(power + k * L);
      GENRETRACK_UNROLL
      for (int i = 0; i < kRunClasses; ++i) part[i] += x * weight[i];
    }
    for (int i = 0; i < kRunClasses; ++i) sum[(run.first_class + i) % kChromaBins] += part[i];
  }
  V largest{};
  for (int i = 0; i < kChromaBins; ++i) largest = A::max(largest, sum[i]);
  const V scale = chroma_scale<A>(largest);
  float* row = chroma + frame;
  for (int i = 0; i < kChromaBins; ++i, row += t.frames)
    A::store_first(row, sum[i] * scale, t.frames - frame);
}

}  // namespace genretrack

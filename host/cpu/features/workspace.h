// What one extractor holds: the tables of its parameters, and the memory that a clip passes through. L is the
// number of lanes, the frames that advance side by side.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "host/cpu/features/chroma_runs.h"
#include "host/cpu/features/fft_tables.h"
#include "host/cpu/features/huge_buffer.h"
#include "host/dsp/delta.h"
#include "host/dsp/feature_params.h"
#include "host/dsp/mel.h"
#include "host/dsp/tuning.h"

namespace genretrack {

// Coefficients computed together, by registers; the DCT table is padded to a multiple.
inline constexpr int kDctBlock = 10;

struct FeatureTables {
  explicit FeatureTables(const FeatureParams& feature_params);

  // The chroma bank of an estimated tuning, kTuningBins of which are possible; made when first asked for.
  const ChromaRuns& chroma_bank(int tuning_bin);
  // The one of the tuning that the parameters name, where it is not estimated.
  const ChromaRuns& given_chroma_bank();

  FeatureParams params;
  int frames, bins;
  FftTables fft;
  std::vector<float> window;  // (n_fft), halved: the split of the real transform wants the half
  SparseBank mel;
  std::vector<float> dct;  // (n_mels, n_mfcc rounded up to kDctBlock)
  int dct_columns;
  std::array<std::array<float, kDeltaWidth>, 2> delta;  // by order
  PitchBins pitch;
  std::optional<FftTables> tempogram_fft;  // with percussion as tempogram
  std::vector<float> tempogram_window;

 private:
  std::array<ChromaRuns, kTuningBins> chroma_;
  ChromaRuns given_chroma_;
};

// Spectral peaks of a clip, for its tuning. Strengths are counted by their leading bits on the way, so that
// the median later sorts one bucket instead of all.
struct Peaks {
  static constexpr int kBucketShift = 20;  // of a float's bits: sign, exponent and three bits of mantissa
  std::vector<float> hertz, strength;      // the first `count` are valid
  int count = 0;
  std::array<int, 2048> bucket{};

  void clear();
  void make_room(std::size_t more);  // for that many peaks behind `count`
};

struct Workspace {
  Workspace(const FeatureTables& tables, int lanes);

  int lanes;
  int groups;               // frames / lanes, rounded up
  int hop_stride;           // hops held at once: those of a group, and those its last frame reaches into
  int db_stride;            // floats from one mel band to the next
  std::vector<int> offset;  // (n_fft): where sample n of a group's frames lies in `hops`
  HugeBuffer hops;   // (hop_length, hop_stride): hops as columns, so that a sample of L frames is one load
  HugeBuffer work;   // the FFT's
  bool keeps_power;  // of the whole clip: for a tuning that is known only at its end, and for HPSS
  HugeBuffer power;  // (groups, bins, L), or one group
  HugeBuffer db_memory;
  Peaks peaks;

  int onset_count;
  HugeBuffer onsets;          // (onset_count): tempogram.h
  HugeBuffer tempogram_work;  // windows, and two of the FFT's
  int stretch;                // frames that HPSS takes at a time
  int median_bins;            // bins, rounded up to lanes
  HugeBuffer medians;         // (stretch / L, median_bins, L): hpss.h
  HugeBuffer part;            // one group's (bins, L) of the part that HPSS is asked for

  // Decibel (n_mels, db_stride); kFront floats in front of each row may be written.
  static constexpr int kFront = 16;
  float* db() { return db_memory.data() + kFront; }
};

}  // namespace genretrack

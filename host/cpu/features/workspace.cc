#include "host/cpu/features/workspace.h"

#include <algorithm>

#include "host/dsp/chroma.h"
#include "host/dsp/dct.h"
#include "host/dsp/tempogram.h"
#include "host/dsp/window.h"

namespace genretrack {
namespace {

int round_up(int value, int unit) { return (value + unit - 1) / unit * unit; }

std::size_t product(int a, int b) { return static_cast<std::size_t>(a) * static_cast<std::size_t>(b); }

// Frame f is hops f, f + 1, ... up to the one that holds its last sample.
int hops_held(const FeatureParams& p, int lanes) {
  return lanes + round_up((p.n_fft - 1) / p.hop_length, lanes);
}

int db_stride_of(int frames, int lanes) {
  const int stride = round_up(frames, lanes) + Workspace::kFront;
  return stride % 1024 == 0 ? stride + 16 : stride;  // whole pages apart, bands would share cache sets
}

bool separates(const FeatureParams& p) {
  return p.percussion == PercussionKind::kHpss || p.percussion == PercussionKind::kHarmonic;
}

constexpr int kTempogramPoints = 1024, kTempogramSquare = 32 * 33;  // rows have one more: fft.h

std::size_t tempogram_floats(int lanes) { return product(kTempogramLags + 2 * kTempogramSquare, 2 * lanes); }

constexpr int kStretch = 64;  // frames: a multiple of 16, few enough for the second-level cache

}  // namespace

FeatureTables::FeatureTables(const FeatureParams& p)
    : params(p),
      frames(p.frame_count()),
      bins(p.bin_count()),
      fft(p.n_fft),
      mel(make_mel_bank(p.sample_rate, p.n_fft, p.n_mels, p.profile)),
      dct_columns(round_up(p.n_mfcc, kDctBlock)),
      pitch(pitch_bins(p.sample_rate, p.n_fft)) {
  for (int order : {1, 2})
    std::ranges::transform(delta_weights(order), delta[static_cast<std::size_t>(order - 1)].begin(),
                           [](double w) { return static_cast<float>(w); });
  if (p.percussion == PercussionKind::kTempogram) {
    tempogram_fft.emplace(2 * kTempogramPoints);
    for (double w : hann_window(kTempogramLags)) tempogram_window.push_back(static_cast<float>(w));
  }
  for (double w : hann_window(p.n_fft)) window.push_back(static_cast<float>(w / 2));
  const std::vector<double> rows = make_dct(p.n_mfcc, p.n_mels);
  dct.resize(product(p.n_mels, dct_columns));
  for (int c = 0; c < p.n_mfcc; ++c)
    for (int m = 0; m < p.n_mels; ++m)
      dct[product(m, dct_columns) + static_cast<std::size_t>(c)] = static_cast<float>(
          rows[product(c, p.n_mels) + static_cast<std::size_t>(m)] * lifter_weight(c, p.lifter));
}

const ChromaRuns& FeatureTables::chroma_bank(int tuning_bin) {
  ChromaRuns& bank = chroma_[static_cast<std::size_t>(tuning_bin)];
  if (bank.runs.empty())
    bank = make_chroma_runs(make_chroma_bank(params.sample_rate, params.n_fft, tuning_of_bin(tuning_bin)));
  return bank;
}

const ChromaRuns& FeatureTables::given_chroma_bank() {
  if (given_chroma_.runs.empty())
    given_chroma_ = make_chroma_runs(make_chroma_bank(
        params.sample_rate, params.n_fft, params.tuning == Tuning::kFixed ? params.tuning_semitones : 0));
  return given_chroma_;
}

void Peaks::clear() {
  count = 0;
  bucket.fill(0);
}

void Peaks::make_room(std::size_t more) {
  const std::size_t wanted = static_cast<std::size_t>(count) + more;
  if (strength.size() >= wanted) return;
  hertz.resize(std::max(wanted, 2 * hertz.size()));
  strength.resize(hertz.size());
}

Workspace::Workspace(const FeatureTables& tables, int lane_count)
    : lanes(lane_count),
      groups(round_up(tables.frames, lanes) / lanes),
      hop_stride(hops_held(tables.params, lanes)),
      db_stride(db_stride_of(tables.frames, lanes)),
      hops(product(round_up(tables.params.hop_length, lanes), hop_stride)),
      work(product(tables.fft.rows, tables.fft.columns + 1) * 2 * static_cast<std::size_t>(lanes)),
      keeps_power(tables.params.tuning == Tuning::kEstimate || separates(tables.params)),
      power(product(keeps_power ? groups : 1, tables.bins) * static_cast<std::size_t>(lanes)),
      db_memory(product(tables.params.n_mels, db_stride) + kFront),
      onset_count(tables.tempogram_fft ? kTempogramLags + round_up(tables.frames, 2 * lanes) + lanes : 0),
      onsets(static_cast<std::size_t>(onset_count)),
      tempogram_work(tables.tempogram_fft ? tempogram_floats(lanes) : 0),
      stretch(kStretch),
      median_bins(round_up(tables.bins, lanes)),
      medians(separates(tables.params) ? product(stretch, median_bins) : 0),
      part(separates(tables.params) ? product(tables.bins, lanes) : 0) {
  const int hop = tables.params.hop_length;
  for (int n = 0; n < tables.params.n_fft; ++n) offset.push_back(n % hop * hop_stride + n / hop);
}

}  // namespace genretrack

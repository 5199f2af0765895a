#include "host/cpu/features/workspace.h"

#include <algorithm>

#include "host/dsp/chroma.h"
#include "host/dsp/dct.h"
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

}  // namespace

FeatureTables::FeatureTables(const FeatureParams& p)
    : params(p),
      frames(p.frame_count()),
      bins(p.bin_count()),
      fft(p.n_fft),
      mel(make_mel_bank(p.sample_rate, p.n_fft, p.n_mels)),
      dct_columns(round_up(p.n_mfcc, kDctBlock)),
      pitch(pitch_bins(p.sample_rate, p.n_fft)) {
  for (double w : hann_window(p.n_fft)) window.push_back(static_cast<float>(w / 2));
  const std::vector<double> rows = make_dct(p.n_mfcc, p.n_mels);
  dct.resize(product(p.n_mels, dct_columns));
  for (int c = 0; c < p.n_mfcc; ++c)
    for (int m = 0; m < p.n_mels; ++m)
      dct[product(m, dct_columns) + static_cast<std::size_t>(c)] =
          static_cast<float>(rows[product(c, p.n_mels) + static_cast<std::size_t>(m)]);
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
      power(product(tables.params.tuning == Tuning::kEstimate ? groups : 1, tables.bins) *
            static_cast<std::size_t>(lanes)),
      db_memory(product(tables.params.n_mels, db_stride) + kFront) {
  const int hop = tables.params.hop_length;
  for (int n = 0; n < tables.params.n_fft; ++n) offset.push_back(n % hop * hop_stride + n / hop);
}

}  // namespace genretrack

#include "cuda/features/workspace.h"

#include <algorithm>

#include "host/dsp/chroma.h"
#include "host/dsp/dct.h"
#include "host/dsp/delta.h"
#include "host/dsp/mel.h"
#include "host/dsp/tempogram.h"
#include "host/dsp/window.h"

namespace genretrack {
namespace {

std::size_t product(long a, long b, long c = 1) {
  return static_cast<std::size_t>(a) * static_cast<std::size_t>(b) * static_cast<std::size_t>(c);
}

std::size_t sample_places(const FeatureShape& s, int clips) {
  return product(clips, s.frames_apart, s.hop) + static_cast<std::size_t>(s.n_fft);
}

std::size_t onset_values(const FeatureShape& s, int clips) {
  return s.percussion == PercussionKind::kTempogram ? product(clips, s.frames) : 0;
}

std::size_t power_values(const FeatureShape& s, int clips) {
  return s.separates() ? product(clips, s.frames, s.bins) : 0;
}

std::vector<float> as_float(const std::vector<double>& values) { return {values.begin(), values.end()}; }

std::vector<double> liftered_dct(const FeatureParams& p) {
  std::vector<double> dct = make_dct(p.n_mfcc, p.n_mels);
  for (std::size_t i = 0; i < dct.size(); ++i)
    dct[i] *= lifter_weight(static_cast<int>(i) / p.n_mels, p.lifter);
  return dct;
}

std::vector<double> both_deltas() {
  std::vector<double> weights;
  for (const int order : {1, 2})
    for (const double weight : delta_weights(order)) weights.push_back(weight);
  return weights;
}

// The banks of all tunings that an estimate can give, or of the one that is given.
std::vector<float> chroma_banks(const FeatureParams& p) {
  if (p.tuning != Tuning::kEstimate)
    return make_chroma_bank(p.sample_rate, p.n_fft, p.tuning == Tuning::kFixed ? p.tuning_semitones : 0);
  std::vector<float> banks;
  for (int bin = 0; bin < kTuningBins; ++bin) {
    const std::vector<float> bank = make_chroma_bank(p.sample_rate, p.n_fft, tuning_of_bin(bin));
    banks.insert(banks.end(), bank.begin(), bank.end());
  }
  return banks;
}

}  // namespace

FeatureShape make_shape(const FeatureParams& p) {
  FeatureShape s{};
  s.profile = p.profile;
  s.linear = p.scale == SpectrogramScale::kLinear;
  s.percussion = p.percussion;
  s.deltas = p.deltas;
  s.clip_samples = p.clip_samples();
  s.n_fft = p.n_fft;
  s.hop = p.hop_length;
  s.frames = p.frame_count();
  s.frames_apart = s.frames + (p.n_fft - 1) / p.hop_length;
  s.bins = p.bin_count();
  s.n_mels = p.n_mels;
  s.n_mfcc = p.n_mfcc;
  s.pitch = pitch_bins(p.sample_rate, p.n_fft);
  s.estimate_tuning = p.tuning == Tuning::kEstimate;
  // Of two neighbouring bins, one at most is a peak.
  s.peaks_of_clip =
      s.estimate_tuning ? s.frames * (std::max(0, s.pitch.last - s.pitch.first + 1) / 2 + 1) : 1;
  s.hertz_per_bin = static_cast<float>(static_cast<double>(p.sample_rate) / p.n_fft);
  for (const Transform t : kTransforms) {
    s.offset[static_cast<std::size_t>(t)] = s.clip_values;
    s.clip_values += static_cast<long>(p.rows(t)) * s.frames;
  }
  return s;
}

TableMemory::TableMemory(const FeatureParams& p) {
  SparseBank mel = make_mel_bank(p.sample_rate, p.n_fft, p.n_mels, p.profile);
  mel.weight.push_back(0);  // never empty
  mel_first_ = to_device(mel.first);
  mel_begin_ = to_device(mel.begin);
  mel_weight_ = to_device(mel.weight);
  dct_ = to_device(as_float(liftered_dct(p)));
  delta_ = to_device(as_float(both_deltas()));
  chroma_ = to_device(chroma_banks(p));
  tempogram_window_ = to_device(as_float(hann_window(kTempogramLags)));
}

DeviceTables TableMemory::view() const {
  return {mel_first_.data(), mel_begin_.data(), mel_weight_.data(),      dct_.data(),
          delta_.data(),     chroma_.data(),    tempogram_window_.data()};
}

std::size_t Slot::bytes(const FeatureShape& s, int clips) {
  return product(clips, s.clip_samples, sizeof(float)) + sample_places(s, clips) * sizeof(float) +
         product(clips, s.frames_apart, s.bins) * sizeof(float2) +
         product(clips, s.n_mels, s.frames) * sizeof(float) + product(clips, s.peaks_of_clip) * sizeof(Peak) +
         (onset_values(s, clips) + power_values(s, clips) + product(clips, s.clip_values)) * sizeof(float);
}

Slot::Slot(const FeatureShape& s, int clips)
    : places_(clips),
      pcm_(product(clips, s.clip_samples, sizeof(float))),
      clips_(product(clips, 1)),
      samples_(sample_places(s, clips)),
      spectrum_(product(clips, s.frames_apart, s.bins)),
      mel_db_(product(clips, s.n_mels, s.frames)),
      peaks_(product(clips, s.peaks_of_clip)),
      onsets_(onset_values(s, clips)),
      power_(power_values(s, clips)),
      facts_(product(clips, 6)),
      out_(product(clips, s.clip_values)),
      host_pcm_(pcm_.size()),
      host_clips_(clips_.size()),
      host_out_(out_.size()),
      host_unusable_(product(clips, 1)),
      plan_(s.n_fft, s.hop, clips * s.frames_apart, stream_) {
  // Frames that lie between two clips, or in places without a clip, are transformed and never read.
  check_cuda(cudaMemsetAsync(samples_.data(), 0, samples_.bytes(), stream_), "clear the samples");
}

Chunk Slot::view() const {
  Chunk chunk{};
  chunk.pcm = pcm_.data();
  chunk.clips = clips_.data();
  chunk.samples = samples_.data();
  chunk.spectrum = spectrum_.data();
  chunk.mel_db = mel_db_.data();
  chunk.peaks = peaks_.data();
  chunk.onsets = onsets_.data();
  chunk.power = power_.data();
  chunk.medians = reinterpret_cast<float*>(spectrum_.data());
  chunk.top = facts_.data();
  chunk.linear_top = chunk.top + places_;
  chunk.part_top = chunk.linear_top + places_;
  chunk.peak_count = chunk.part_top + places_;
  chunk.first_unusable = chunk.peak_count + places_;
  chunk.tuning_bin = chunk.first_unusable + places_;
  chunk.out = out_.data();
  return chunk;
}

void Slot::copy_in(const FeatureShape& shape, int clips) const {
  constexpr const char* kWhat = "copy the samples to the device";
  const std::size_t count = product(clips, 1), apart = product(shape.clip_samples, sizeof(float));
  for (std::size_t i = 0; i < count; ++i) {
    const ClipSamples& clip = host_clips_.data()[i];
    const std::size_t bytes =
        product(clip.count, clip.is_float ? long{sizeof(float)} : long{sizeof(std::int16_t)});
    if (bytes > 0)
      check_cuda(cudaMemcpyAsync(pcm_.data() + i * apart, host_pcm_.data() + i * apart, bytes,
                                 cudaMemcpyHostToDevice, stream_),
                 kWhat);
  }
  check_cuda(cudaMemcpyAsync(clips_.data(), host_clips_.data(), count * sizeof(ClipSamples),
                             cudaMemcpyHostToDevice, stream_),
             kWhat);
}

void Slot::clear_facts() const {
  constexpr const char* kWhat = "prepare a batch";
  const Chunk chunk = view();
  const std::size_t bytes = product(places_, sizeof(int));
  check_cuda(cudaMemsetAsync(chunk.top, kLowestKeyByte, 3 * bytes, stream_), kWhat);  // of all three maps
  check_cuda(cudaMemsetAsync(chunk.peak_count, 0, bytes, stream_), kWhat);
  check_cuda(cudaMemsetAsync(chunk.first_unusable, kNoSampleByte, bytes, stream_), kWhat);
}

void Slot::copy_out(const FeatureShape& shape, int clips) const {
  constexpr const char* kWhat = "copy the transforms from the device";
  check_cuda(cudaMemcpyAsync(host_out_.data(), out_.data(), product(clips, shape.clip_values) * sizeof(float),
                             cudaMemcpyDeviceToHost, stream_),
             kWhat);
  check_cuda(cudaMemcpyAsync(host_unusable_.data(), view().first_unusable, product(clips, 1) * sizeof(int),
                             cudaMemcpyDeviceToHost, stream_),
             kWhat);
}

}  // namespace genretrack

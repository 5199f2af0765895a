// What an extractor holds on the device: the tables of its parameters, and slots through which chunks of
// clips pass. Memory is taken once per size of a chunk.
#pragma once

#include <vector>

#include "cuda/core/handles.h"
#include "cuda/features/fft.h"
#include "cuda/features/shapes.h"

namespace genretrack {

FeatureShape make_shape(const FeatureParams& params);

class TableMemory {
 public:
  explicit TableMemory(const FeatureParams& params);
  DeviceTables view() const;

 private:
  DeviceArray<int> mel_first_, mel_begin_;
  DeviceArray<float> mel_weight_, dct_, delta_, chroma_, tempogram_window_;
};

// A stream with the memory of one chunk, on both sides.
class Slot {
 public:
  Slot(const FeatureShape& shape, int clips);

  // Bytes on the device that a chunk of so many clips takes, cuFFT's work aside.
  static std::size_t bytes(const FeatureShape& shape, int clips);

  Chunk view() const;
  const Stream& stream() const { return stream_; }
  const FramePlan& plan() const { return plan_; }

  // On the host, pinned: samples at clip * 4 * clip_samples bytes, then results.
  unsigned char* host_pcm() const { return host_pcm_.data(); }
  ClipSamples* host_clips() const { return host_clips_.data(); }
  const float* host_out() const { return host_out_.data(); }
  const int* host_unusable() const { return host_unusable_.data(); }

  // Queues the copies to and from the device; host_clips() say how much of each clip there is.
  void copy_in(const FeatureShape& shape, int clips) const;
  void copy_out(const FeatureShape& shape, int clips) const;

  // Queues the beginnings of what kernels count and compare over a clip.
  void clear_facts() const;

 private:
  Stream stream_;
  int places_;  // clips
  DeviceArray<unsigned char> pcm_;
  DeviceArray<ClipSamples> clips_;
  DeviceArray<float> samples_;
  DeviceArray<float2> spectrum_;
  DeviceArray<float> mel_db_;
  DeviceArray<Peak> peaks_;
  DeviceArray<float> onsets_, power_;
  DeviceArray<int> facts_;  // top, linear_top, part_top, peak_count, first_unusable, tuning_bin: (B) each
  DeviceArray<float> out_;
  PinnedArray<unsigned char> host_pcm_;
  PinnedArray<ClipSamples> host_clips_;
  PinnedArray<float> host_out_;
  PinnedArray<int> host_unusable_;
  FramePlan plan_;
};

}  // namespace genretrack

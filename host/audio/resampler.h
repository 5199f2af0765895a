// One channel from one sample rate to another, with soxr's high quality (as librosa's `soxr_hq`).
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

struct soxr;

namespace genretrack {

class Resampler {
 public:
  // Rates in Hz, both positive. Throws Error(kFailure) if soxr has no memory.
  Resampler(int from_rate, int to_rate);
  ~Resampler();
  Resampler(const Resampler&) = delete;
  Resampler& operator=(const Resampler&) = delete;

  // Appends what comes out of these samples to `output`; the same bytes however the input is divided.
  void push(std::span<const float> samples, std::vector<float>& output);
  // After the last sample: appends the rest.
  void finish(std::vector<float>& output);

 private:
  void process(const float* samples, std::size_t count, std::vector<float>& output);

  std::unique_ptr<soxr, void (*)(soxr*)> soxr_;
  double ratio_;
};

}  // namespace genretrack

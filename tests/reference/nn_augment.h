// Changed crops as plain loops in double: the oracle for every backend. Shares no code with the product.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "tests/reference/nn_network.h"

namespace genretrack::reference {

struct ChangedCrop {
  int clip = 0, start = 0;
  double stretch = 1, gain = 0, noise = 0;
  std::uint64_t noise_seed = 0, noise_stream = 0;
  int time_mask_start[2] = {}, time_mask_frames[2] = {}, row_mask_start[2] = {}, row_mask_rows[2] = {};
  int partner = -1;
  double keep = 1;
};

struct Features {
  const std::vector<float>* values;  // (clips, rows, frames)
  int rows, frames;
  const std::vector<float>*mean, *scale;  // (rows)
};

// Purpose 9 is noise, mixed into the key as random.h says; index row * 2^32 + frame / 4; two pairs of
// Box-Muller, cosine before sine.
inline double noise_normal(std::uint64_t seed, std::uint64_t stream, int row, int frame) {
  const std::uint64_t key = seed + 0x9e3779b97f4a7c15ull * 9;
  const auto words = philox_words(
      {std::uint32_t(frame / 4), std::uint32_t(row), std::uint32_t(stream), std::uint32_t(stream >> 32)},
      std::uint32_t(key), std::uint32_t(key >> 32));
  const auto uniform = [&](int i) { return ((words[std::size_t(i)] >> 9) + 0.5) / 8388608.0; };
  const int pair = frame % 4 / 2 * 2;
  const double radius = std::sqrt(-2 * std::log(uniform(pair))), turn = 2 * M_PI * uniform(pair + 1);
  return frame % 2 == 0 ? radius * std::cos(turn) : radius * std::sin(turn);
}

inline double changed_value(const Features& f, const ChangedCrop& c, int row, int frame) {
  for (int m = 0; m < 2; ++m) {
    const int time = frame - c.time_mask_start[m], band = row - c.row_mask_start[m];
    if (time >= 0 && time < c.time_mask_frames[m]) return 0;
    if (band >= 0 && band < c.row_mask_rows[m]) return 0;
  }
  const float* line = f.values->data() + (std::size_t(c.clip) * f.rows + row) * f.frames;
  const double place = c.start + frame * c.stretch, before = std::floor(place), rest = place - before;
  double value = line[int(before)];
  if (rest > 0) value = (1 - rest) * value + rest * line[int(before) + 1];
  value += c.gain;
  if (c.noise > 0) value += c.noise * noise_normal(c.noise_seed, c.noise_stream, row, frame);
  return (value - double((*f.mean)[std::size_t(row)])) * double((*f.scale)[std::size_t(row)]);
}

// (crops, rows, width)
inline std::vector<double> gather(const Features& f, const std::vector<ChangedCrop>& crops, int width) {
  std::vector<double> out;
  for (const ChangedCrop& c : crops)
    for (int row = 0; row < f.rows; ++row)
      for (int frame = 0; frame < width; ++frame) {
        double value = changed_value(f, c, row, frame);
        if (c.partner >= 0)
          value = c.keep * value + (1 - c.keep) * changed_value(f, crops[std::size_t(c.partner)], row, frame);
        out.push_back(value);
      }
  return out;
}

}  // namespace genretrack::reference

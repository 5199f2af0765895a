// Test signals in integer arithmetic, the same as tests/golden/signals.py, so that every sample is equal.
// Samples are int16 and stand for value / 32768.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace genretrack::reference {

class Generator {  // linear congruential (Numerical Recipes)
 public:
  explicit Generator(std::uint32_t seed) : state_(seed) {}
  std::uint32_t next() { return state_ = state_ * 1664525u + 1013904223u; }

 private:
  std::uint32_t state_;
};

// Rounds down, as Python's // does.
inline int floor_div(long long a, long long b) {
  return static_cast<int>(a >= 0 ? a / b : -((-a + b - 1) / b));
}

// A sine made of parabolas: a 32-bit phase to about -32768 .. 32767.
inline int wave(std::uint32_t phase) {
  const int p = static_cast<int>(phase >> 16), x = p & 0x7FFF;
  const int y = static_cast<int>(static_cast<long long>(x) * (32768 - x) >> 13);
  return p & 0x8000 ? -y : y;
}

// Chords of four notes with an octave each, and drums; permille 1013 is 22 cents sharp.
inline std::vector<std::int16_t> music(int count, int permille = 1000) {
  constexpr std::array<std::uint32_t, 12> kNotes = {25480398, 32103300, 38177543, 42852281,
                                                    50960795, 57201145, 64206600, 68024515,
                                                    76355086, 85704563, 96200110, 101921591};
  constexpr int kChords[4][4] = {{0, 4, 6, 8}, {3, 4, 6, 9}, {1, 5, 7, 9}, {2, 5, 8, 10}};
  constexpr int kBeat = 5512;
  Generator random(1);
  std::array<std::uint32_t, 8> phase{};
  std::vector<std::int16_t> out;
  for (int n = 0; n < count; ++n) {
    int total = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      const auto note = static_cast<std::size_t>(kChords[n / (4 * kBeat) % 4][i]);
      const auto step = static_cast<std::uint32_t>(static_cast<std::uint64_t>(kNotes[note]) *
                                                   static_cast<std::uint64_t>(permille) / 1000);
      phase[2 * i] += step;
      phase[2 * i + 1] += 2 * step;
      total += floor_div(wave(phase[2 * i]), 16) + floor_div(wave(phase[2 * i + 1]), 32);
    }
    const int drum = static_cast<int>(random.next() >> 17) - 16384, since = n % kBeat;
    if (since < 2048) total += floor_div(static_cast<long long>(drum) * (2048 - since), 4096);
    out.push_back(static_cast<std::int16_t>(std::clamp(total, -32768, 32767)));
  }
  return out;
}

inline std::vector<std::int16_t> noise(int count) {
  Generator random(7);
  std::vector<std::int16_t> out;
  for (int n = 0; n < count; ++n)
    out.push_back(static_cast<std::int16_t>(floor_div(static_cast<int>(random.next() >> 16) - 32768, 4)));
  return out;
}

// From 100 Hz (at 22,050 Hz) up, by about 4 kHz per second, at half of full scale.
inline std::vector<std::int16_t> sweep(int count) {
  std::uint32_t phase = 0, step = 19478000;
  std::vector<std::int16_t> out;
  for (int n = 0; n < count; ++n, step += 35000) {
    phase += step;
    out.push_back(static_cast<std::int16_t>(floor_div(wave(phase), 2)));
  }
  return out;
}

// Music six times too loud.
inline std::vector<std::int16_t> clipped(int count) {
  std::vector<std::int16_t> out = music(count);
  for (std::int16_t& v : out) v = static_cast<std::int16_t>(std::clamp(6 * v, -32768, 32767));
  return out;
}

inline std::vector<std::int16_t> signal(const std::string& name, int count) {
  if (name == "music") return music(count);
  if (name == "sharp") return music(count, 1013);
  if (name == "noise") return noise(count);
  if (name == "sweep") return sweep(count);
  if (name == "clipped") return clipped(count);
  std::vector<std::int16_t> zeros(static_cast<std::size_t>(count));
  if (name == "silence") return zeros;
  if (name == "impulse") {
    zeros[zeros.size() / 3] = 32767;
    return zeros;
  }
  if (name == "click") {  // at the very end; only here, not in signals.py
    zeros.back() = 32767;
    return zeros;
  }
  if (name == "nyquist") {  // half the sample rate; only here, too
    for (std::size_t i = 0; i < zeros.size(); ++i) zeros[i] = i % 2 == 0 ? 8192 : -8192;
    return zeros;
  }
  throw std::invalid_argument("no signal " + name);
}

}  // namespace genretrack::reference

// Music of notes and noise that differs with its seed, data sets of it, and what the doctor says about them.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

#include "host/core/files.h"
#include "host/core/random.h"
#include "host/dataset/dataset.h"
#include "host/doctor/examine_dataset.h"
#include "tests/audio/wav_files.h"
#include "tests/core/temporary_folder.h"

namespace genretrack {

using Samples = std::vector<float>;

// Two voices of plucked notes with harmonics, and a click on each beat, at a tempo of its own.
inline Samples music(std::uint64_t seed, double seconds, int rate = 22050) {
  Random random(seed, Purpose::kBootstrap);
  Samples samples(static_cast<std::size_t>(seconds * rate));
  const double beat = 0.2 + 0.2 * random.uniform();
  for (double start = 0; start < seconds; start += beat)
    for (int voice = 0; voice < 2; ++voice) {
      const double hertz = (voice == 0 ? 110 : 330) * std::exp2(std::floor(24 * random.uniform()) / 12);
      const double decay = 2 + 6 * random.uniform(), level = 0.02 + 0.04 * random.uniform();
      const auto begin = static_cast<std::size_t>(start * rate);
      for (std::size_t i = begin; i < std::min(samples.size(), begin + static_cast<std::size_t>(rate)); ++i) {
        const double t = static_cast<double>(i - begin) / rate;
        double value = 0;
        for (int harmonic = 1; harmonic <= 6; ++harmonic)
          value += std::sin(2 * std::numbers::pi * harmonic * hertz * t) / harmonic;
        value += t < 0.01 ? random.uniform() - 0.5 : 0;
        samples[i] += static_cast<float>(level * std::exp(-decay * t) * value);
      }
    }
  return samples;
}

inline Samples stereo(const Samples& left, const Samples& right) {
  Samples both;
  for (std::size_t i = 0; i < left.size(); ++i) both.insert(both.end(), {left[i], right[i]});
  return both;
}

inline Samples scaled(Samples samples, float factor) {
  for (float& sample : samples) sample *= factor;
  return samples;
}

inline Samples from_second(const Samples& samples, double seconds, int rate = 22050) {
  return {samples.begin() + static_cast<std::ptrdiff_t>(seconds * rate), samples.end()};
}

class DoctorTest : public testing::Test {
 protected:
  std::filesystem::path path(const std::string& name) {
    std::filesystem::create_directories((folder_ / name).parent_path());
    return folder_ / name;
  }
  void write(const std::string& name, const Samples& samples, int channels = 1, int rate = 22050,
             int format = SF_FORMAT_WAV | SF_FORMAT_PCM_16) {
    write_sound(path(name), samples, rate, channels, format);
  }
  // Two genres of different music with nothing wrong but how few they are.
  void write_healthy(int clips = 3, double seconds = 4) {
    for (int i = 0; i < clips; ++i) {
      write("jazz/" + std::to_string(i) + ".wav", music(static_cast<std::uint64_t>(10 + i), seconds));
      write("rock/" + std::to_string(i) + ".wav", music(static_cast<std::uint64_t>(20 + i), seconds));
    }
  }
  DoctorReport examine(const std::filesystem::path& dataset) {
    DoctorOptions options;
    options.threads = 2;
    options.search_folders = std::filesystem::is_directory(dataset);
    return examine_dataset(read_dataset(dataset), options);
  }
  DoctorReport examine() { return examine(folder_.path()); }

  TemporaryFolder folder_;
};

// "kind: id, id" of each finding of a clip, in order; those about genres and artists aside.
inline std::vector<std::string> clip_findings(const DoctorReport& report) {
  std::vector<std::string> lines;
  for (const Finding& finding : report.findings) {
    if (finding.clips.empty() || finding.kind == FindingKind::kUnknownArtists) continue;
    std::string line(name(finding.kind));
    for (const std::size_t clip : finding.clips)
      line += (clip == finding.clips[0] ? ": " : ", ") + report.dataset.clips[clip].id;
    lines.push_back(line);
  }
  return lines;
}

using Lines = std::vector<std::string>;

}  // namespace genretrack

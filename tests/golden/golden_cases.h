// Reads what make_golden.py wrote: cases.txt and a file of values per case.
#pragma once

#include <fstream>
#include <ranges>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "host/dsp/feature_params.h"
#include "tests/reference/dsp_signals.h"
#include "tests/reference/dsp_transforms.h"

namespace genretrack::golden {

struct Case {
  std::string name, signal;
  int samples = 0, every = 0;  // every so many-th frame is kept
  double tuning = 0;           // semitones, as estimated or as given
  FeatureParams params;

  std::size_t kept_frames() const { return std::size_t((params.frame_count() + every - 1) / every); }
};

template <class Enum>
Enum choice(const std::string& word, std::initializer_list<std::pair<const char*, Enum>> choices) {
  for (const auto& [name, value] : choices)
    if (word == name) return value;
  throw std::runtime_error("cases.txt: " + word);
}

inline std::vector<Case> read_cases() {
  std::ifstream file(GENRETRACK_GOLDEN "/cases.txt");
  std::vector<Case> cases;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#')) continue;
    Case c;
    FeatureParams& p = c.params;
    std::string profile, scale, percussion, tuning;
    std::istringstream(line) >> c.name >> c.signal >> c.samples >> p.sample_rate >> p.n_fft >> p.hop_length >>
        p.n_mels >> p.n_mfcc >> c.every >> c.tuning >> profile >> scale >> percussion >> p.lifter >>
        p.deltas >> tuning;
    p.clip_seconds = double(c.samples) / p.sample_rate;
    p.profile =
        choice<Profile>(profile, {{"librosa", Profile::kLibrosa}, {"torchaudio", Profile::kTorchaudio}});
    p.scale = choice<SpectrogramScale>(
        scale, {{"mel", SpectrogramScale::kMel}, {"linear", SpectrogramScale::kLinear}});
    p.percussion = choice<PercussionKind>(percussion, {{"flux", PercussionKind::kFlux},
                                                       {"tempogram", PercussionKind::kTempogram},
                                                       {"hpss", PercussionKind::kHpss}});
    p.tuning = choice<Tuning>(
        tuning, {{"estimate", Tuning::kEstimate}, {"none", Tuning::kNone}, {"fixed", Tuning::kFixed}});
    if (p.tuning == Tuning::kFixed) p.tuning_semitones = c.tuning;
    cases.push_back(c);
  }
  return cases;
}

inline std::vector<float> read_floats(const std::string& name) {
  std::ifstream file(GENRETRACK_GOLDEN "/" + name, std::ios::binary | std::ios::ate);
  std::vector<float> values(std::size_t(std::max<std::streamoff>(0, file.tellg())) / sizeof(float));
  file.seekg(0);
  file.read(reinterpret_cast<char*>(values.data()), std::streamsize(values.size() * sizeof(float)));
  return values;
}

inline std::vector<float> samples_of(const Case& c) {
  if (c.signal == "stereo") return read_floats("stereo.pcm.f32");
  std::vector<float> samples;
  for (std::int16_t v : reference::signal(c.signal, c.samples)) samples.push_back(float(v) / 32768);
  return samples;
}

// The kept frames of (rows, frames).
template <class Values>
reference::Matrix kept(const Values& values, const Case& c) {
  const auto frames = std::size_t(c.params.frame_count());
  reference::Matrix result(values.size() / frames, c.kept_frames());
  for (std::size_t r = 0; r < result.rows; ++r)
    for (std::size_t f = 0; f < result.columns; ++f)
      result(r, f) = values[r * frames + f * std::size_t(c.every)];
  return result;
}

// The values of the file, with the bounds of the naive reference laid around them: both sides are rounded.
class Values {
 public:
  explicit Values(const Case& c) : case_(c), values_(read_floats(c.name + ".f32")) {
    std::size_t rows = 0;
    for (Transform t : kTransforms) rows += std::size_t(c.params.rows(t));
    if (values_.empty() || values_.size() != rows * c.kept_frames())
      throw std::runtime_error(c.name + ".f32 does not hold " + std::to_string(rows) + " rows");
  }

  reference::Transforms around(const reference::Transforms& naive) {
    const FeatureParams& p = case_.params;
    reference::BoundedMap spectrogram = bounded(p.rows(Transform::kSpectrogram), naive.spectrogram.bounds);
    reference::BoundedMap percussion = bounded(p.rows(Transform::kPercussion), naive.percussion.bounds);
    std::vector<reference::Matrix> mfcc;
    for (int block = 0; block <= p.deltas; ++block) mfcc.push_back(next(p.n_mfcc));
    return {spectrogram, percussion, mfcc, {next(kChromaBins)}};
  }

 private:
  reference::Matrix next(int rows) {
    const std::size_t columns = case_.kept_frames(), stride = values_.size() / columns;
    reference::Matrix result(std::size_t(rows), columns);
    for (std::size_t r = 0; r < result.rows; ++r)
      for (std::size_t f = 0; f < columns; ++f) result(r, f) = values_[f * stride + at_ + r];
    at_ += result.rows;
    return result;
  }

  reference::BoundedMap bounded(int rows, const reference::Bounds& bounds) {
    const reference::Matrix value = next(rows), low = kept(bounds.low.values, case_),
                            high = kept(bounds.high.values, case_);
    reference::BoundedMap map{value, {value, value}};
    for (std::size_t i = 0; i < value.values.size(); ++i) {
      map.bounds.low.values[i] -= high.values[i] - low.values[i];
      map.bounds.high.values[i] += high.values[i] - low.values[i];
    }
    return map;
  }

  const Case& case_;
  std::vector<float> values_;
  std::size_t at_ = 0;
};

}  // namespace genretrack::golden

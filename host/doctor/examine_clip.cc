#include "host/doctor/examine_clip.h"

#include <xxhash.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <span>

#include "host/audio/resampler.h"
#include "host/audio/sound_file.h"
#include "host/cache/recording_file.h"
#include "host/core/error.h"
#include "host/doctor/sniff.h"

namespace genretrack {
namespace {

constexpr std::size_t kBlockFrames = 16384;
constexpr std::streamoff kEnds = 1 << 16;  // bytes looked at of a file's start and end

std::vector<std::byte> read_at(std::ifstream& file, std::streamoff begin, std::streamoff size) {
  std::vector<std::byte> bytes(static_cast<std::size_t>(size));
  file.clear();
  file.seekg(begin);
  file.read(reinterpret_cast<char*>(bytes.data()), size);
  bytes.resize(static_cast<std::size_t>(std::max<std::streamsize>(0, file.gcount())));
  return bytes;
}

// Only of regular files: opening a pipe would wait for ever. Others get their message from the decoder.
void look_at_bytes(const std::filesystem::path& path, ClipFacts& facts) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) return;
  facts.bytes = std::filesystem::file_size(path, ignored);
  std::ifstream file(path, std::ios::binary);
  facts.container = container_of(read_at(file, 0, kEnds));
  if (facts.container != "ogg" && facts.container != "opus") return;
  const auto size = static_cast<std::streamoff>(facts.bytes);
  facts.open_end =
      !ogg_is_closed(read_at(file, std::max<std::streamoff>(0, size - kEnds), std::min(size, kEnds)));
}

// Channels averaged as the decode layer does it.
void mix(const SoundFile& file, std::span<const float> frames, std::uint64_t position,
         std::vector<float>& mono) {
  const auto channels = static_cast<std::size_t>(file.channels());
  mono.resize(frames.size() / channels);
  for (std::size_t i = 0; i < mono.size(); ++i) {
    double sum = 0;
    for (std::size_t c = 0; c < channels; ++c) sum += static_cast<double>(frames[i * channels + c]);
    mono[i] = static_cast<float>(sum / static_cast<double>(channels));
    if (!std::isfinite(mono[i]))
      file.fail(
          "sample " + std::to_string(position + i) +
          " is not a finite number; write the file anew from its source, or take it out of the data set");
  }
}

}  // namespace

ClipFacts ClipExaminer::examine(const std::filesystem::path& path) {
  ClipFacts facts;
  look_at_bytes(path, facts);
  try {
    read_sound(path, facts);
    facts.file_hash = hash_file(path, bytes_);
  } catch (const Error& error) {
    facts.error = error.what();
    fingerprinter_.discard();
  }
  return facts;
}

void ClipExaminer::read_sound(const std::filesystem::path& path, ClipFacts& facts) {
  SoundFile file(path);
  facts.sample_rate = file.sample_rate();
  facts.channels = file.channels();
  SignalMeter meter(file.sample_rate(), file.channels());
  Resampler resampler(file.sample_rate(), kFingerprintRate);
  Xxh3 hash(static_cast<std::uint64_t>(file.sample_rate()));
  const auto channels = static_cast<std::size_t>(file.channels());
  frames_.resize(kBlockFrames * channels);
  std::uint64_t position = 0;
  while (const std::size_t got = file.read(std::span(frames_))) {
    const auto frames = std::span<const float>(frames_).first(got * channels);
    mix(file, frames, position, mono_);
    position += got;
    meter.push(frames, mono_);
    hash.update(std::span(mono_));
    resampled_.clear();
    resampler.push(mono_, resampled_);
    fingerprinter_.push(resampled_);
  }
  resampled_.clear();
  resampler.finish(resampled_);
  fingerprinter_.push(resampled_);
  facts.fingerprint = fingerprinter_.finish();
  file.check_rest();
  facts.seconds = static_cast<double>(position) / facts.sample_rate;
  facts.sound_hash = hash.digest();
  facts.signal = meter.finish();
}

}  // namespace genretrack

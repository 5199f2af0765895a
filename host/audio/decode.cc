#include "host/audio/decode.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "host/audio/mono_reader.h"
#include "host/audio/resampler.h"
#include "host/audio/sound_file.h"
#include "host/core/error.h"

namespace genretrack {
namespace {

constexpr double kLongestSeconds = 4 * 3600.0;
constexpr std::size_t kContextSeconds = 1;  // read before a window, at least
constexpr std::size_t kNoLimit = std::numeric_limits<std::size_t>::max();

// A header that lies must not make memory be taken, so room is made as samples arrive.
std::vector<std::int16_t> read_plain(SoundFile& file, std::size_t limit) {
  std::vector<std::int16_t> samples;
  const std::size_t wanted = std::min(limit, file.frames());
  samples.reserve(static_cast<std::size_t>(std::min<std::uintmax_t>(wanted, file.bytes())));
  while (samples.size() < wanted) {
    const std::size_t before = samples.size();
    samples.resize(before + std::min(kBlockFrames, wanted - before));
    const std::size_t got = file.read(std::span(samples).subspan(before));
    samples.resize(before + got);
    if (got == 0) break;
  }
  return samples;
}

std::vector<float> read_float(SoundFile& file, std::size_t limit) {
  MonoReader reader(file);
  std::vector<float> samples;
  while (samples.size() < limit) {
    const std::span<const float> block = reader.next(limit - samples.size());
    if (block.empty()) break;
    samples.insert(samples.end(), block.begin(), block.end());
  }
  return samples;
}

std::vector<float> read_resampled(SoundFile& file, int sample_rate, std::size_t limit) {
  MonoReader reader(file);
  Resampler resampler(file.sample_rate(), sample_rate);
  std::vector<float> samples;
  std::size_t frames = 0;
  while (samples.size() < limit) {
    const std::span<const float> block = reader.next(kBlockFrames);
    frames += block.size();
    if (block.empty()) {
      resampler.finish(samples);
      // One more or less than soxr gives, as librosa does, so that lengths follow from the rates alone.
      const auto product = static_cast<std::uint64_t>(frames) * static_cast<std::uint64_t>(sample_rate);
      const auto rate = static_cast<std::uint64_t>(file.sample_rate());
      samples.resize((product + rate - 1) / rate);
      break;
    }
    resampler.push(block, samples);
  }
  samples.resize(std::min(samples.size(), limit));
  samples.shrink_to_fit();
  return samples;
}

std::size_t sample_limit(const SoundFile& file, int sample_rate, double max_seconds) {
  if (sample_rate <= 0 || !(max_seconds >= 0))
    throw Error(ErrorKind::kFailure, "a recording was asked for at a rate or for a time that cannot be");
  const double seconds = static_cast<double>(file.frames()) / file.sample_rate();
  const double used = max_seconds > 0 ? std::min(seconds, max_seconds) : seconds;
  if (used > kLongestSeconds)
    file.fail("the recording is said to last " + std::to_string(static_cast<std::uint64_t>(seconds / 3600)) +
              " hours, more than the 4 that are read whole; cut it into parts");
  if (max_seconds <= 0 || max_seconds > kLongestSeconds) return kNoLimit;
  return static_cast<std::size_t>(std::llround(max_seconds * sample_rate));
}

// At most `limit` samples from where the file stands.
Recording read(SoundFile& file, int sample_rate, std::size_t limit) {
  Recording recording;
  recording.file_sample_rate = file.sample_rate();
  recording.file_channels = file.channels();
  recording.seconds = static_cast<double>(file.frames()) / file.sample_rate();
  if (file.sample_rate() != sample_rate)
    recording.samples = read_resampled(file, sample_rate, limit);
  else if (file.channels() == 1 && file.is_16_bit())
    recording.samples = read_plain(file, limit);
  else
    recording.samples = read_float(file, limit);
  file.check_rest();
  return recording;
}

}  // namespace

std::size_t Recording::size() const {
  return std::visit([](const auto& values) { return values.size(); }, samples);
}

Recording decode(const std::filesystem::path& path, int sample_rate, double max_seconds,
                 std::uint64_t* hash) {
  SoundFile file(path, hash != nullptr);
  Recording recording = read(file, sample_rate, sample_limit(file, sample_rate, max_seconds));
  if (hash) *hash = file.hash();
  return recording;
}

Recording decode_window(const std::filesystem::path& path, int sample_rate, std::size_t first,
                        std::size_t count) {
  if (sample_rate <= 0)
    throw Error(ErrorKind::kFailure, "a recording was asked for at a rate that cannot be");
  SoundFile file(path);
  // Both rates have a sample at every whole second, where resampling therefore starts as if from the file's
  // first sample.
  const std::size_t rate = static_cast<std::size_t>(sample_rate), second = first / rate;
  const std::size_t begin = second > kContextSeconds ? second - kContextSeconds : 0;
  const auto file_rate = static_cast<std::size_t>(file.sample_rate());
  if (begin > (file.frames() - 1) / file_rate) return read(file, sample_rate, 0);
  if (begin > 0) file.skip_to(begin * file_rate);
  const std::size_t skipped = first - begin * rate;
  Recording recording = read(file, sample_rate, skipped + count);
  std::visit(
      [&](auto& samples) {
        const auto end = samples.begin() + static_cast<std::ptrdiff_t>(std::min(skipped, samples.size()));
        samples.erase(samples.begin(), end);
      },
      recording.samples);
  return recording;
}

}  // namespace genretrack

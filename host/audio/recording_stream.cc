#include "host/audio/recording_stream.h"

#include <algorithm>

#include "host/core/error.h"

namespace genretrack {

RecordingStream::RecordingStream(const std::filesystem::path& path, int sample_rate, bool hashing)
    : file_(path, hashing), reader_(file_), sample_rate_(sample_rate) {
  if (sample_rate <= 0)
    throw Error(ErrorKind::kFailure, "a recording was asked for at a rate that cannot be");
  if (file_.sample_rate() != sample_rate) resampler_.emplace(file_.sample_rate(), sample_rate);
}

void RecordingStream::fill(std::size_t wanted) {
  ready_.erase(ready_.begin(), ready_.begin() + static_cast<std::ptrdiff_t>(used_));
  used_ = 0;
  while (!ended_ && ready_.size() < wanted) {
    const std::span<const float> block = reader_.next(kBlockFrames);
    frames_ += block.size();
    ended_ = block.empty();
    if (!resampler_) {
      ready_.insert(ready_.end(), block.begin(), block.end());
    } else if (!ended_) {
      resampler_->push(block, ready_);
    } else {
      resampler_->finish(ready_);
      // One more or less than soxr gives, as decode() does.
      const auto product = static_cast<std::uint64_t>(frames_) * static_cast<std::uint64_t>(sample_rate_);
      const auto rate = static_cast<std::uint64_t>(file_.sample_rate());
      const std::size_t all = (product + rate - 1) / rate;
      ready_.resize(all - std::min(given_, all));
    }
  }
}

std::size_t RecordingStream::read(std::span<float> samples) {
  if (ready_.size() - used_ < samples.size()) fill(samples.size());
  const std::size_t count = std::min(samples.size(), ready_.size() - used_);
  std::copy_n(ready_.begin() + static_cast<std::ptrdiff_t>(used_), count, samples.begin());
  used_ += count;
  given_ += count;
  return count;
}

double RecordingStream::seconds() const { return static_cast<double>(frames_) / file_.sample_rate(); }

}  // namespace genretrack

#include "host/audio/resampler.h"

#include <soxr.h>

#include <cmath>
#include <string>

#include "host/core/error.h"

namespace genretrack {

Resampler::Resampler(int from_rate, int to_rate)
    : soxr_(nullptr, soxr_delete), ratio_(static_cast<double>(to_rate) / from_rate) {
  soxr_error_t error = nullptr;
  const soxr_quality_spec_t quality = soxr_quality_spec(SOXR_HQ, 0);
  soxr_.reset(soxr_create(from_rate, to_rate, 1, &error, nullptr, &quality, nullptr));
  if (error)
    throw Error(ErrorKind::kFailure, std::string("the resampler did not start (soxr: ") + error + ")");
}

Resampler::~Resampler() = default;

void Resampler::push(std::span<const float> samples, std::vector<float>& output) {
  if (!samples.empty()) process(samples.data(), samples.size(), output);
}

void Resampler::finish(std::vector<float>& output) { process(nullptr, 0, output); }

void Resampler::process(const float* samples, std::size_t count, std::vector<float>& output) {
  const std::size_t room = static_cast<std::size_t>(std::ceil(static_cast<double>(count) * ratio_)) + 4096;
  for (bool more = true; more;) {
    const std::size_t before = output.size();
    output.resize(before + room);
    std::size_t consumed = 0, made = 0;
    const soxr_error_t error =
        soxr_process(soxr_.get(), samples, count, &consumed, output.data() + before, room, &made);
    output.resize(before + made);
    if (error) throw Error(ErrorKind::kFailure, std::string("resampling failed (soxr: ") + error + ")");
    if (samples) samples += consumed;
    count -= consumed;
    more = made == room || count > 0;
  }
}

}  // namespace genretrack

#include "cuda/features/cuda_feature_extractor.h"

#include <algorithm>
#include <cstring>
#include <deque>
#include <optional>
#include <string>

#include "cuda/core/device.h"
#include "cuda/features/queue_transforms.h"
#include "cuda/features/workspace.h"
#include "host/backend/extract_checks.h"

namespace genretrack {
namespace {

constexpr int kSlots = 2;
constexpr int kMostPlaces = 1 << 30;  // values of an array that a kernel or cuFFT counts

class CudaFeatureExtractor final : public FeatureExtractor {
 public:
  CudaFeatureExtractor(const FeatureParams& params, const ChunkLimits& limits)
      : params_(params),
        limits_(limits),
        device_(use_first_device()),
        shape_(make_shape(params)),
        most_clips_(clips_that_can_be_counted()),
        tables_(params) {}

  void extract(std::span<const Pcm> clips, std::span<const ClipFeatures> out) override {
    check_places(params_, clips, out);
    if (clips.empty()) return;
    plan(static_cast<int>(std::min<std::size_t>(clips.size(), static_cast<std::size_t>(most_clips_))));
    try {
      for (std::size_t first = 0; first < clips.size();) {
        const std::size_t count = std::min(clips.size() - first, static_cast<std::size_t>(chunk_clips_));
        if (under_way_.size() == slots_.size()) deliver(clips, out);
        start(clips.subspan(first, count), first);
        first += count;
      }
      while (!under_way_.empty()) deliver(clips, out);
    } catch (...) {
      give_up();
      throw;
    }
  }

  int preferred_batch() const override { return limits_.preferred_batch; }

  std::string describe() const override { return "cuda, " + device_; }

 private:
  struct UnderWay {
    std::size_t slot, first, count;
  };

  int clips_that_can_be_counted() const {
    const long of_clip = std::max(static_cast<long>(shape_.frames_apart) * std::max(shape_.bins, shape_.hop),
                                  std::max(shape_.clip_values, static_cast<long>(shape_.peaks_of_clip)));
    return static_cast<int>(std::clamp(kMostPlaces / of_clip, 1L, static_cast<long>(limits_.clips)));
  }

  // Takes the memory for chunks of `clips`, or of fewer where the device does not hold so much.
  void plan(int clips) {
    if (!slots_.empty() && (chunk_clips_ >= clips || memory_is_short_)) return;
    slots_.clear();
    next_slot_ = 0;
    int slots = kSlots;
    while (!take_slots(clips, slots)) {
      memory_is_short_ = true;
      if (clips > 1)
        clips /= 2;
      else
        slots = 1;
    }
    chunk_clips_ = clips;
  }

  // False where memory does not suffice and less may do.
  bool take_slots(int clips, int count) {
    try {
      for (int i = 0; i < count; ++i) slots_.emplace_back(shape_, clips);
      return true;
    } catch (const OutOfDeviceMemory&) {
      slots_.clear();
      if (clips == 1 && count == 1)
        throw OutOfDeviceMemory("hold one clip, which takes " + std::to_string(Slot::bytes(shape_, 1) >> 20) +
                                " MiB");
      return false;
    }
  }

  // Fills the next slot and queues all that is to be done with it.
  void start(std::span<const Pcm> clips, std::size_t first) {
    const std::size_t index = next_slot_;
    const Slot& slot = slots_[index];
    const std::size_t apart = static_cast<std::size_t>(shape_.clip_samples) * sizeof(float);
    for (std::size_t i = 0; i < clips.size(); ++i)
      slot.host_clips()[i] = std::visit(
          [&](auto samples) {
            samples = samples.first(std::min(samples.size(), static_cast<std::size_t>(shape_.clip_samples)));
            if (!samples.empty())
              std::memcpy(slot.host_pcm() + i * apart, samples.data(), samples.size_bytes());
            return ClipSamples{static_cast<int>(samples.size()), sizeof(samples[0]) == sizeof(float)};
          },
          clips[i]);
    under_way_.push_back({index, first, clips.size()});
    next_slot_ = (index + 1) % slots_.size();
    queue(slot, static_cast<int>(clips.size()));
  }

  void queue(const Slot& slot, int clips) const {
    slot.copy_in(shape_, clips);
    queue_transforms(shape_, tables_.view(), slot, clips);
    slot.copy_out(shape_, clips);
  }

  // Waits for the chunk that was started first and hands its transforms over.
  void deliver(std::span<const Pcm> clips, std::span<const ClipFeatures> out) {
    const UnderWay done = under_way_.front();
    const Slot& slot = slots_[done.slot];
    slot.stream().synchronize("transform a batch");
    under_way_.pop_front();
    for (std::size_t i = 0; i < done.count; ++i) {
      refuse_unusable(clips[done.first + i], done.first + i, slot.host_unusable()[i]);
      const float* values = slot.host_out() + i * static_cast<std::size_t>(shape_.clip_values);
      for (const std::span<float>& rows : out[done.first + i].rows) {
        std::copy_n(values, rows.size(), rows.data());
        values += rows.size();
      }
    }
  }

  void refuse_unusable(const Pcm& clip, std::size_t index, int at) const {
    if (at >= shape_.clip_samples) return;
    const auto* samples = std::get_if<std::span<const float>>(&clip);
    const std::size_t place = static_cast<std::size_t>(at);
    if (samples && place < samples->size()) refuse_sample(index, place, (*samples)[place]);
    throw Error(ErrorKind::kFailure, "CUDA: sample " + std::to_string(at) + " of clip " +
                                         std::to_string(index) +
                                         " was damaged on the way: run again, and test the device's memory");
  }

  // After an error: nothing may go on reading or writing the slots. The error that came first is the one
  // told.
  void give_up() {
    for (const UnderWay& chunk : under_way_) cudaStreamSynchronize(slots_[chunk.slot].stream());
    cudaGetLastError();
    under_way_.clear();
  }

  FeatureParams params_;
  ChunkLimits limits_;
  std::string device_;
  FeatureShape shape_;
  int most_clips_;
  TableMemory tables_;
  std::deque<Slot> slots_;
  std::deque<UnderWay> under_way_;  // in the order in which they were started
  std::size_t next_slot_ = 0;
  int chunk_clips_ = 0;
  bool memory_is_short_ = false;
};

}  // namespace

std::unique_ptr<FeatureExtractor> make_cuda_feature_extractor(const FeatureParams& params,
                                                              const ChunkLimits& limits) {
  check(params);
  return std::make_unique<CudaFeatureExtractor>(params, limits);
}

}  // namespace genretrack

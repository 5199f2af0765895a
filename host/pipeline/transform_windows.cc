#include "host/pipeline/transform_windows.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <variant>

#include "host/audio/recording_stream.h"
#include "host/backend/feature_extractor.h"
#include "host/core/error.h"
#include "host/core/interrupt.h"

namespace genretrack {
namespace {

struct Failure {
  std::size_t recording;
  std::string what;
};
using Event = std::variant<TransformWindow, ReadRecording, Failure>;

// Where the threads leave what they found; it holds so few windows that memory does not depend on lengths.
class Queue {
 public:
  explicit Queue(std::size_t room) : room_(room) {}

  // False once the reader has gone.
  bool push(Event event) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return events_.size() < room_ || closed_; });
    if (closed_) return false;
    events_.push_back(std::move(event));
    changed_.notify_all();
    return true;
  }
  // Nothing once all writers have ended.
  std::optional<Event> pop() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !events_.empty() || writers_ == 0; });
    if (failure_) std::rethrow_exception(failure_);
    if (events_.empty()) return std::nullopt;
    Event event = std::move(events_.front());
    events_.pop_front();
    changed_.notify_all();
    return event;
  }
  void add_writer() {
    const std::lock_guard lock(mutex_);
    ++writers_;
  }
  void writer_ends(std::exception_ptr failure) {
    const std::lock_guard lock(mutex_);
    --writers_;
    if (failure && !failure_) failure_ = failure;
    changed_.notify_all();
  }
  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Event> events_;
  std::size_t room_;
  int writers_ = 0;
  bool closed_ = false;
  std::exception_ptr failure_;
};

// One thread's work: recordings to windows to transforms.
class Worker {
 public:
  Worker(const TransformPlan& plan, Queue& queue)
      : plan_(plan),
        queue_(queue),
        extractor_(make_feature_extractor(plan.device, plan.params)),
        hop_(static_cast<std::size_t>(plan.params.hop_length)),
        clip_(static_cast<std::size_t>(plan.params.clip_samples())) {
    for (const Transform t : kTransforms)
      if (!wanted(t)) unwanted_[index(t)].resize(size(t));
  }

  // False once nobody reads any more.
  bool process(std::size_t recording, const std::filesystem::path& path) {
    try {
      return read(recording, path);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::kData) throw;
      return queue_.push(Failure{recording, error.what()});
    }
  }

 private:
  static std::size_t index(Transform t) { return static_cast<std::size_t>(t); }
  bool wanted(Transform t) const { return plan_.wanted[index(t)]; }
  std::size_t size(Transform t) const {
    return static_cast<std::size_t>(plan_.params.rows(t)) *
           static_cast<std::size_t>(plan_.params.frame_count());
  }

  // samples_ holds the recording from one window's beginning to behind the next one's end.
  bool read(std::size_t recording, const std::filesystem::path& path) {
    RecordingStream stream(path, plan_.params.sample_rate, true);
    const std::size_t step = static_cast<std::size_t>(plan_.step_frames) * hop_,
                      tail = static_cast<std::size_t>(plan_.least_tail_frames) * hop_;
    samples_.clear();
    bool more = fill(stream, clip_ + tail);
    // The whole of a recording that is one window is as long as its file says, to the last digit.
    const double seconds = more ? seconds_of(clip_) : stream.seconds();
    if (!emit(recording, 0, 0, seconds)) return false;
    for (std::size_t origin = 0; more; origin += step) {
      more = fill(stream, step + clip_ + tail);
      // The last window ends with the recording and begins on the grid of hops.
      const std::size_t behind = samples_.size() - clip_;
      const std::size_t start = more ? step : std::min(step, (behind + hop_ - 1) / hop_ * hop_);
      const std::size_t held = std::min(clip_, samples_.size() - start);
      if (!emit(recording, origin, start, seconds_of(held))) return false;
      if (more) samples_.erase(samples_.begin(), samples_.begin() + static_cast<std::ptrdiff_t>(step));
    }
    return queue_.push(ReadRecording{recording, stream.seconds(), stream.hash()});
  }

  // Whether there are that many samples.
  bool fill(RecordingStream& stream, std::size_t wanted) {
    const std::size_t had = samples_.size();
    if (had >= wanted) return true;
    samples_.resize(wanted);
    samples_.resize(had + stream.read(std::span(samples_).subspan(had)));
    return samples_.size() == wanted;
  }

  double seconds_of(std::size_t samples) const {
    return static_cast<double>(samples) / plan_.params.sample_rate;
  }

  // The window that begins `start` samples behind `origin`, where samples_ begins.
  bool emit(std::size_t recording, std::size_t origin, std::size_t start, double seconds) {
    TransformWindow window;
    window.recording = recording;
    window.first_frame = static_cast<long long>((origin + start) / hop_);
    window.seconds = seconds;
    const std::size_t held = std::min(clip_, samples_.size() - start);
    window.frames = static_cast<int>(1 + held / hop_);
    ClipFeatures out;
    for (const Transform t : kTransforms) {
      if (wanted(t)) window.features[index(t)].resize(size(t));
      out.rows[index(t)] = wanted(t) ? window.features[index(t)] : unwanted_[index(t)];
    }
    const Pcm pcm = std::span<const float>(samples_).subspan(start, held);
    extractor_->extract({&pcm, 1}, {&out, 1});
    return queue_.push(std::move(window));
  }

  const TransformPlan& plan_;
  Queue& queue_;
  std::unique_ptr<FeatureExtractor> extractor_;
  std::size_t hop_, clip_;
  std::vector<float> samples_;
  std::array<std::vector<float>, kTransformCount> unwanted_;
};

void deliver(const Event& event, const TransformEvents& events) {
  if (const auto* window = std::get_if<TransformWindow>(&event)) return events.window(*window);
  if (const auto* read = std::get_if<ReadRecording>(&event)) return events.read(*read);
  const auto& failure = std::get<Failure>(event);
  events.failed(failure.recording, failure.what);
}

}  // namespace

int clip_step(const FeatureParams& params) {
  return (params.clip_samples() + params.hop_length - 1) / params.hop_length;
}

void transform_recordings(const std::vector<std::filesystem::path>& paths, const TransformPlan& plan,
                          const TransformEvents& events) {
  const std::size_t threads = std::min(static_cast<std::size_t>(std::max(1, plan.threads)), paths.size());
  Queue queue(threads + 2);
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    std::exception_ptr failure;
    try {
      Worker worker(plan, queue);
      for (std::size_t i = 0; (i = next++) < paths.size();)
        if (!worker.process(i, paths[i])) break;
    } catch (...) {
      failure = std::current_exception();
    }
    queue.writer_ends(failure);
  };
  std::vector<std::jthread> workers;
  try {
    for (std::size_t t = 0; t < threads; ++t) {
      queue.add_writer();
      workers.emplace_back(work);
    }
    while (const std::optional<Event> event = queue.pop()) {
      throw_if_interrupted("nothing was changed, and the same command starts again");
      deliver(*event, events);
    }
  } catch (...) {
    next = paths.size();
    queue.close();
    throw;
  }
}

}  // namespace genretrack

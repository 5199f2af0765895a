#include "host/cli/apply_models.h"

#include <algorithm>
#include <map>

#include "host/analysis/calibration.h"
#include "host/core/audio_suffix.h"
#include "host/core/error.h"
#include "host/pipeline/transform_windows.h"
#include "host/train/segments.h"

namespace genretrack {
namespace {

namespace fs = std::filesystem;

class Application {
 public:
  Application(const AppliedRun& run, const SegmentLayout& layout,
              const std::function<void(AnsweredRecording&)>& take)
      : run_(run),
        models_(*run.models),
        params_(models_.experiment().features),
        segment_(models_.segment_frames()),
        overlap_(models_.experiment().evaluation.overlap),
        hop_(layout.hop_frames),
        take_(take) {}

  TransformPlan plan(const GlobalOptions& global) const {
    TransformPlan plan;
    plan.params = params_;
    plan.wanted = models_.inputs();
    plan.device = resolve(global.device, params_);
    plan.threads = thread_count(global);
    if (hop_ == 0) {
      plan.step_frames = clip_step(params_);
      plan.least_tail_frames = std::max(1, segment_ / 2);
    } else {
      // As many segments as lie in a window; the next window begins with the first that does not.
      const int frames = params_.frame_count();
      plan.step_frames = ((frames - segment_) / hop_ + 1) * hop_;
      plan.least_tail_frames = std::max(1, plan.step_frames + segment_ - frames);
    }
    return plan;
  }

  void window(const TransformWindow& window) {
    Open& open = open_[window.recording];
    for (const int start : starts(window, open)) {
      open.answer.frames.push_back(window.first_frame + start);
      waiting_.push_back(window.recording);
      ++batch_.count;
      for (const Transform t : kTransforms) {
        const auto i = static_cast<std::size_t>(t);
        const std::vector<float>& from = window.features[i];
        const auto frames = static_cast<std::ptrdiff_t>(params_.frame_count());
        for (std::ptrdiff_t row = 0; row * frames < static_cast<std::ptrdiff_t>(from.size()); ++row) {
          const auto first = from.begin() + row * frames + start;
          batch_.features[i].insert(batch_.features[i].end(), first, first + segment_);
        }
      }
      if (batch_.count == models_.batch()) flush();
    }
    open.heard = window.first_frame + window.frames;
  }

  void read(const ReadRecording& recording) {
    Open& open = open_[recording.recording];
    open.answer.seconds = recording.seconds;
    open.answer.hash = recording.hash;
    open.read = true;
    give_finished();
  }

  void failed(std::size_t recording, const std::string& what) {
    open_.erase(recording);
    AnsweredRecording answer;
    answer.recording = recording;
    answer.unreadable = what;
    take_(answer);
  }

  void finish() {
    flush();
    give_finished();
  }

 private:
  struct Open {
    AnsweredRecording answer;
    long long heard = 0;  // frames that windows so far have covered
    bool read = false;
  };

  // First frames of the segments that this window adds, counted from its beginning.
  std::vector<int> starts(const TransformWindow& window, const Open& open) const {
    const int usable = usable_frames(window.seconds, params_, segment_);
    std::vector<int> starts;
    if (hop_ == 0) {
      // Of a last window that was moved back, only what is new, but for what its first segment needs.
      const int known = static_cast<int>(std::max(0LL, open.heard - window.first_frame));
      const int from = std::min(known, usable - segment_);
      for (const int start : even_starts(usable - from, segment_, overlap_)) starts.push_back(from + start);
      return starts;
    }
    const long long next = open.answer.frames.empty() ? 0 : open.answer.frames.back() + hop_;
    for (long long start = next - window.first_frame; start + segment_ <= usable; start += hop_)
      starts.push_back(static_cast<int>(start));
    return starts;
  }

  // Segments of recordings that failed meanwhile are dropped.
  void flush() {
    if (batch_.count == 0) return;
    const std::vector<SegmentAnswers> answers = models_.answer(batch_);
    const std::size_t genres = models_.genres().size(), size = models_.embedding_size();
    for (std::size_t s = 0; s < waiting_.size(); ++s) {
      const auto open = open_.find(waiting_[s]);
      if (open == open_.end()) continue;
      AnsweredRecording& to = open->second.answer;
      to.models.resize(answers.size());
      to.embedding.resize(answers.size(), std::vector<float>(size));
      for (std::size_t m = 0; m < answers.size(); ++m) {
        to.models[m].resize(answers[m].networks.size());
        for (std::size_t n = 0; n < to.models[m].size(); ++n) {
          const auto row = answers[m].networks[n].begin() + static_cast<std::ptrdiff_t>(s * genres);
          to.models[m][n].insert(to.models[m][n].end(), row, row + static_cast<std::ptrdiff_t>(genres));
        }
        for (std::size_t k = 0; k < size; ++k) to.embedding[m][k] += answers[m].embeddings[s * size + k];
      }
    }
    waiting_.clear();
    batch_ = {};
    give_finished();
  }

  void give_finished() {
    for (auto open = open_.begin(); open != open_.end();) {
      const bool waits = std::find(waiting_.begin(), waiting_.end(), open->first) != waiting_.end();
      if (!open->second.read || waits) {
        ++open;
        continue;
      }
      open->second.answer.recording = open->first;
      summarise(open->second.answer);
      take_(open->second.answer);
      open = open_.erase(open);
    }
  }

  void summarise(AnsweredRecording& answer) const {
    answer.fair = run_.fair_models(answer.hash, &answer.seen);
    const std::size_t segments = answer.frames.size();
    answer.overall = answer_of_stretch(run_, answer, 0, segments);
    for (std::size_t s = 0; s < segments; ++s) {
      const std::vector<double> one = answer_of_stretch(run_, answer, s, 1);
      answer.by_segment.insert(answer.by_segment.end(), one.begin(), one.end());
    }
  }

  const AppliedRun& run_;
  Models& models_;
  const FeatureParams& params_;
  int segment_;
  double overlap_;
  int hop_;
  const std::function<void(AnsweredRecording&)>& take_;
  std::map<std::size_t, Open> open_;  // recordings at hand: a few for every thread
  SegmentBatch batch_;
  std::vector<std::size_t> waiting_;  // the recording of each segment of the batch
};

}  // namespace

std::vector<double> answer_of_stretch(const AppliedRun& run, const AnsweredRecording& answer,
                                      std::size_t first, std::size_t count) {
  const std::size_t genres = run.models->genres().size();
  std::vector<double> together(genres);
  for (const std::size_t m : answer.fair) {
    // Fusion and temperature were fitted on means over a clip's segments: the mean comes first.
    std::vector<std::vector<double>> means(answer.models[m].size(), std::vector<double>(genres));
    for (std::size_t n = 0; n < means.size(); ++n)
      for (std::size_t i = first * genres; i < (first + count) * genres; ++i)
        means[n][i % genres] += answer.models[m][n][i] / static_cast<double>(count);
    const std::vector<double> joined = run.models->join(m, means);
    for (std::size_t g = 0; g < genres; ++g)
      together[g] += joined[g] / static_cast<double>(answer.fair.size());
  }
  if (!run.fitted_on.empty()) apply_temperature(run.temperature, together);
  return together;
}

void apply_models(const AppliedRun& run, const std::vector<fs::path>& paths, const SegmentLayout& layout,
                  const GlobalOptions& global, const std::function<void(AnsweredRecording&)>& take) {
  Application application(run, layout, take);
  transform_recordings(paths, application.plan(global),
                       {.window = [&](const TransformWindow& window) { application.window(window); },
                        .read = [&](const ReadRecording& recording) { application.read(recording); },
                        .failed = [&](std::size_t recording,
                                      const std::string& what) { application.failed(recording, what); }});
  application.finish();
}

std::vector<fs::path> find_recordings(const std::vector<fs::path>& arguments) {
  std::vector<fs::path> found;
  for (const fs::path& argument : arguments) {
    std::error_code problem;
    if (!fs::is_directory(argument, problem)) {
      found.push_back(argument);
      continue;
    }
    std::vector<fs::path> files;
    const auto options = fs::directory_options::skip_permission_denied;
    for (fs::recursive_directory_iterator entry(argument, options, problem), end; !problem && entry != end;
         entry.increment(problem))
      if (is_audio_file(entry->path()) && !entry->path().filename().string().starts_with("._") &&
          entry->is_regular_file(problem))
        files.push_back(entry->path());
    if (problem) throw Error(ErrorKind::kData, argument.string() + ": cannot be read: " + problem.message());
    if (files.empty())
      throw Error(ErrorKind::kData, argument.string() +
                                        ": has no recordings (wav, au, flac, ogg, mp3, opus) in "
                                        "it; name another folder, or files");
    std::sort(files.begin(), files.end());
    found.insert(found.end(), files.begin(), files.end());
  }
  return found;
}

}  // namespace genretrack

#include "host/pipeline/build_cache.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <numeric>
#include <thread>

#include "host/cache/recording_file.h"
#include "host/core/error.h"
#include "host/core/run_on_threads.h"
#include "host/pipeline/build_with.h"
#include "host/pipeline/clip_worker.h"

namespace genretrack {
namespace {

using State = ClipResult::State;
constexpr const char* kResumes =
    "the clips that are finished are kept, and the same command goes on with them";
constexpr std::size_t kNamedInError = 5;

// Looking for what there is to change takes a tenth of the time that taking every path apart does.
std::string normal_path(const std::filesystem::path& absolute) {
  const std::string& text = absolute.native();
  if (text.find("/.") == std::string::npos && text.find("//") == std::string::npos) return text;
  return absolute.lexically_normal().string();
}

// A target that is a symbolic link stays one: the file that it names is built, and beside that one lies all
// that belongs to the build.
std::filesystem::path behind_links(std::filesystem::path path) {
  constexpr int kMostLinks = 40;
  std::error_code error;
  for (int followed = 0; std::filesystem::is_symlink(std::filesystem::symlink_status(path, error));
       ++followed) {
    const std::filesystem::path next = std::filesystem::read_symlink(path, error);
    if (error || followed == kMostLinks)
      throw Error(ErrorKind::kData, path.string() +
                                        ": symbolic links lead nowhere or in a circle; name another "
                                        "file with -o");
    path = path.parent_path() / next;
  }
  return path;
}

class Build {
 public:
  Build(const ExtractorMaker& make_extractor, const FeatureParams& params,
        const std::filesystem::path& target, const BuildOptions& options)
      : make_extractor_(make_extractor), target_(behind_links(target)), options_(options) {
    plan_.params = params;
    plan_.storage = options.storage;
    plan_.extractor_version = kExtractorVersion;
    plan_.program_version = GENRETRACK_VERSION;
    threads_ = options.threads > 0 ? options.threads
                                   : static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  }

  BuildReport run(const Dataset& dataset) {
    const auto start = std::chrono::steady_clock::now();
    plan_clips(dataset);
    // A round ends with a finished cache, or with clips found unreadable that the next one leaves out.
    while (!is_current() && !round()) {
    }
    finish_report();
    report_.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return std::move(report_);
  }

 private:
  void plan_clips(const Dataset& dataset) {
    if (dataset.clips.empty())
      throw Error(ErrorKind::kData, dataset.root.string() + ": the data set has no recordings");
    // Asked once, and only where it matters: it may be gone.
    const bool any_relative =
        std::ranges::any_of(dataset.clips, [](const Clip& clip) { return clip.path.is_relative(); });
    const std::filesystem::path here = any_relative ? std::filesystem::current_path() : "";
    for (const Clip& clip : dataset.clips) {
      CachedClip cached;
      cached.id = clip.id;
      cached.path = normal_path(here / clip.path);
      cached.genre = clip.genre;
      cached.artist = clip.artist;
      cached.year = clip.year;
      plan_.clips.push_back(std::move(cached));
    }
    std::ranges::sort(plan_.clips, {}, &CachedClip::id);
  }

  // Nothing to do: the target is as it should be, and (when asked) was read and found right.
  bool is_current() {
    const EarlierCache earlier(target_, plan_);
    if (!earlier.is_current(plan_)) return false;
    if (options_.verify && !all_right(earlier.file())) return false;
    results_.clear();
    for (const CachedClip& clip : earlier.file().header.clips)
      results_.push_back({State::kReused, options_.verify ? "verified" : "unchanged", clip.seconds});
    // Of a build that was killed just after its file took its name, or that lost its last unreadable clip.
    remove_unfinished_build(target_);
    return true;
  }

  bool all_right(const CacheFile& cache) {
    std::atomic<bool> right{true};
    begin_progress(cache.header.clips.size());
    run_on_threads(
        threads_, cache.header.clips.size(), kResumes, [] { return std::vector<std::byte>(); },
        [&](std::vector<std::byte>& buffer, std::size_t row) {
          const CachedClip& clip = cache.header.clips[row];
          try {
            if (hash_file(clip.path, buffer) != clip.audio_hash ||
                read_stored_row(cache, row, buffer) != clip.row_hashes)
              right = false;
          } catch (const Error&) {
            right = false;  // whoever computes it again says what is wrong
          }
          clip_is_done();
        },
        [](const std::vector<std::byte>&) {});
    return right;
  }

  bool round() {
    std::unique_ptr<FeatureExtractor> first = make_extractor_();
    plan_.device = first->describe();
    CacheWriter writer(target_, plan_);
    // Only now, under the lock: another builder may have finished since.
    const EarlierCache earlier(target_, plan_);
    results_.assign(plan_.clips.size(), {});
    begin_progress(plan_.clips.size());
    std::mutex mutex;
    BuildShare share{plan_,
                     earlier,
                     writer,
                     options_.verify,
                     [&] {
                       const std::lock_guard guard(mutex);
                       return first ? std::move(first) : make_extractor_();
                     },
                     [this] { clip_is_done(); },
                     results_};
    // Copies come last: where a clip turns out unreadable, they would be made in vain.
    const auto [to_read, to_copy] = sorted_work(earlier, writer);
    process(share, to_read);
    if (leave_out_unreadable()) return false;
    process(share, to_copy);
    if (leave_out_unreadable()) return false;
    writer.finish();
    return true;
  }

  std::pair<std::vector<std::size_t>, std::vector<std::size_t>> sorted_work(const EarlierCache& earlier,
                                                                            const CacheWriter& writer) const {
    std::pair<std::vector<std::size_t>, std::vector<std::size_t>> work;
    if (!earlier.usable() && writer.resumed().empty()) {
      work.first.resize(plan_.clips.size());
      std::iota(work.first.begin(), work.first.end(), std::size_t{0});
      return work;
    }
    for (std::size_t row = 0; row < plan_.clips.size(); ++row) {
      const auto file = identity_of(plan_.clips[row].path);
      const auto known = earlier.row_of_id(plan_.clips[row].id);
      const auto left = writer.resumed().find(row);
      const bool stands = (known && earlier.file().header.files[*known] == file) ||
                          (left != writer.resumed().end() && left->second.file == file);
      (stands ? work.second : work.first).push_back(row);
    }
    return work;
  }

  void process(BuildShare& share, const std::vector<std::size_t>& rows) const {
    run_on_threads(
        threads_, rows.size(), kResumes, [&] { return std::make_unique<ClipWorker>(share); },
        [&](const std::unique_ptr<ClipWorker>& worker, std::size_t i) { worker->process(rows[i]); },
        [](const std::unique_ptr<ClipWorker>& worker) { worker->finish(); });
  }

  // Whether there were any. Throws where they may not be left out.
  bool leave_out_unreadable() {
    std::vector<CachedClip> readable;
    std::vector<UnreadableClip> unreadable;
    for (std::size_t row = 0; row < results_.size(); ++row) {
      if (results_[row].state == State::kUnreadable)
        unreadable.push_back({plan_.clips[row].id, results_[row].reason});
      else
        readable.push_back(plan_.clips[row]);
    }
    if (unreadable.empty()) return false;
    if (!options_.skip_unreadable || readable.empty()) fail_for(unreadable);
    report_.unreadable.insert(report_.unreadable.end(), unreadable.begin(), unreadable.end());
    remember_computed();
    plan_.clips = std::move(readable);
    return true;
  }

  [[noreturn]] void fail_for(const std::vector<UnreadableClip>& unreadable) const {
    std::string message = std::to_string(unreadable.size()) + " of " + std::to_string(results_.size()) +
                          " recordings cannot be read:";
    for (std::size_t i = 0; i < std::min(kNamedInError, unreadable.size()); ++i)
      message += "\n  " + unreadable[i].message;
    if (unreadable.size() > kNamedInError)
      message += "\n  and " + std::to_string(unreadable.size() - kNamedInError) + " more";
    message += "\nrepair or remove them";
    if (unreadable.size() < results_.size()) message += ", or leave them out (--skip-unreadable)";
    throw Error(ErrorKind::kData, message);
  }

  // A clip computed in one round is found finished by the next, but this command did compute it.
  void remember_computed() {
    for (std::size_t row = 0; row < results_.size(); ++row)
      if (results_[row].state == State::kComputed) computed_[plan_.clips[row].id] = results_[row].reason;
  }

  void finish_report() {
    const double length = plan_.params.clip_seconds, half_sample = 0.5 / plan_.params.sample_rate;
    remember_computed();
    for (std::size_t row = 0; row < results_.size(); ++row) {
      const std::string& id = plan_.clips[row].id;
      const auto computed = computed_.find(id);
      const bool was_computed = computed != computed_.end();
      report_.clips.push_back({id, was_computed, was_computed ? computed->second : results_[row].reason});
      ++(was_computed ? report_.computed : report_.reused);
      if (results_[row].seconds > length + half_sample) ++report_.cut;
      if (results_[row].seconds < length - half_sample) ++report_.padded;
    }
    std::ranges::sort(report_.unreadable, {}, &UnreadableClip::id);
  }

  void begin_progress(std::size_t total) {
    done_ = 0;
    total_ = total;
  }

  void clip_is_done() {
    const std::lock_guard guard(progress_mutex_);
    ++done_;
    if (options_.progress) options_.progress(done_, total_);
  }

  const ExtractorMaker& make_extractor_;
  std::filesystem::path target_;
  const BuildOptions& options_;
  int threads_;
  CacheHeader plan_;
  std::vector<ClipResult> results_;              // by row of plan_
  std::map<std::string, std::string> computed_;  // reasons by id, over all rounds
  BuildReport report_;
  std::mutex progress_mutex_;
  std::size_t done_ = 0, total_ = 0;
};

}  // namespace

BuildReport build_cache_with(const ExtractorMaker& make_extractor, const Dataset& dataset,
                             const FeatureParams& params, const std::filesystem::path& target,
                             const BuildOptions& options) {
  check(params);
  return Build(make_extractor, params, target, options).run(dataset);
}

BuildReport build_cache(const Dataset& dataset, const FeatureParams& params,
                        const std::filesystem::path& target, const BuildOptions& options) {
  const Device device = resolve(options.device, params);
  return build_cache_with([&] { return make_feature_extractor(device, params); }, dataset, params, target,
                          options);
}

}  // namespace genretrack

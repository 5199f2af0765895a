#include "host/train/run_folder.h"

#include <fcntl.h>
#include <spdlog/fmt/fmt.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <numeric>
#include <thread>

#include "host/analysis/calibration.h"
#include "host/analysis/metrics.h"
#include "host/core/csv.h"
#include "host/core/error.h"
#include "host/core/files.h"
#include "host/core/interrupt.h"

namespace genretrack {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kForce = "; --force starts it anew and gives up what is there";

// Where two resolved specs differ first, as a JSON pointer.
std::string first_difference(const Json& there, const Json& wanted) {
  const auto patch = nlohmann::json::diff(nlohmann::json(there), nlohmann::json(wanted));
  return patch.empty() ? "" : patch.front().at("path").get<std::string>();
}

// Polls while it waits, so that a signal ends it.
int lock_folder(const std::filesystem::path& path, bool wait) {
  const int lock = ::open((path / ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (lock < 0)
    throw Error(ErrorKind::kData, path.string() + ": cannot be written: " + std::strerror(errno) +
                                      "; choose another folder with --runs");
  int problem = 0;
  while (::flock(lock, LOCK_EX | LOCK_NB) != 0 && (problem = errno) == EWOULDBLOCK && wait && !interrupted())
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  if (problem == 0 || (wait && problem == EWOULDBLOCK && !interrupted())) return lock;
  ::close(lock);
  throw_if_interrupted("run the same command again to go on");
  if (problem != EWOULDBLOCK)
    throw Error(ErrorKind::kData, path.string() + ": cannot be locked: " + std::strerror(problem) +
                                      "; choose a folder on another file system with --runs");
  throw FolderInUse(ErrorKind::kData, path.string() +
                                          ": another program is running this experiment; wait for it, or "
                                          "give this one another name with --set /name=NAME");
}

// Files that are there before spec.json is: the lock, and spec.json while it is written.
bool comes_first(const std::filesystem::path& path) {
  const std::string file = path.filename().string();
  return file == ".lock" || file.starts_with("spec.json");
}

std::vector<std::filesystem::path> later_content(const std::filesystem::path& path) {
  std::error_code problem;
  std::vector<std::filesystem::path> found;
  for (auto entry = std::filesystem::directory_iterator(path, problem);
       !problem && entry != std::filesystem::directory_iterator(); entry.increment(problem))
    if (!comes_first(entry->path())) found.push_back(entry->path());
  if (problem) throw Error(ErrorKind::kData, path.string() + ": cannot be read: " + problem.message());
  return found;
}

// spec.json stays until the new one replaces it: what is left where this is interrupted still belongs to the
// old experiment.
void empty_folder(const std::filesystem::path& path) {
  for (const std::filesystem::path& entry : later_content(path)) {
    std::error_code problem;
    std::filesystem::remove_all(entry, problem);
    if (problem)
      throw Error(ErrorKind::kData, entry.string() + ": cannot be removed: " + problem.message() +
                                        "; remove it, or choose another folder with --runs");
  }
}

// A folder of something else is neither written to nor, forced, emptied.
void require_run_folder(const std::filesystem::path& path) {
  std::error_code ignored;
  if (std::filesystem::exists(path / "spec.json", ignored)) return;
  const auto content = later_content(path);
  if (!content.empty())
    throw Error(ErrorKind::kData,
                path.string() + ": is no run folder: it holds " + content.front().filename().string() +
                    " but no spec.json; remove it, or give this experiment another name with --set "
                    "/name=NAME");
}

void claim(const std::filesystem::path& path, const Json& spec, bool force) {
  require_run_folder(path);
  if (force) {
    empty_folder(path);
    return write_json_file(path / "spec.json", spec);
  }
  const Json there = read_json_file(path / "spec.json");
  if (there.is_null()) return write_json_file(path / "spec.json", spec);
  // The order of keys means nothing.
  if (nlohmann::json(there) != nlohmann::json(spec))
    throw Error(ErrorKind::kData, path.string() + ": holds another experiment of this name (it differs at " +
                                      first_difference(there, spec) +
                                      "); give this one another name with --set /name=NAME" + kForce);
}

}  // namespace

RunFolder::RunFolder(const std::filesystem::path& runs, const std::string& name, const Json& spec, bool force,
                     bool wait)
    : path_(runs / name) {
  make_folder(path_);
  lock_ = lock_folder(path_, wait);
  try {
    claim(path_, spec, force);
  } catch (...) {
    ::close(lock_);
    throw;
  }
}

RunFolder::~RunFolder() { ::close(lock_); }

bool is_in_use(const std::filesystem::path& runs, const std::string& name) {
  const int lock = ::open((runs / name / ".lock").c_str(), O_RDWR | O_CLOEXEC);
  if (lock < 0) return false;
  const bool free = ::flock(lock, LOCK_EX | LOCK_NB) == 0;
  ::close(lock);
  return !free;
}

void make_folder(const std::filesystem::path& path) {
  std::error_code problem;
  std::filesystem::create_directories(path, problem);
  if (problem)
    throw Error(ErrorKind::kData, path.string() + ": cannot be made: " + problem.message() +
                                      "; choose another folder with --runs");
}

void refuse_damaged(const std::filesystem::path& path, const std::string& what) {
  throw Error(ErrorKind::kData, path.string() + ": is damaged, " + what + kForce);
}

Json read_json_file(const std::filesystem::path& path) {
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return nullptr;
  try {
    Json value = Json::parse(read_file(path));
    if (value.is_object()) return value;
  } catch (const Json::exception&) {
  }
  refuse_damaged(path, "no JSON object");
}

void write_json_file(const std::filesystem::path& path, const Json& value) {
  // Paths may hold any bytes; JSON holds UTF-8.
  write_file_atomically(path, value.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

Predictions predictions_of(const FoldClips& clips, const std::vector<std::size_t>& part,
                           const std::vector<double>& probabilities) {
  Predictions found;
  found.genres = clips.genres;
  const std::size_t genres = clips.genres.size();
  for (const std::size_t clip : part) {
    found.clips.push_back(clips.ids[clip]);
    found.truth.push_back(clips.labels[clip]);
    found.artists.push_back(clips.artists[clip]);
    const auto row = probabilities.begin() + static_cast<std::ptrdiff_t>(clip * genres);
    found.probabilities.insert(found.probabilities.end(), row, row + static_cast<std::ptrdiff_t>(genres));
  }
  return found;
}

void write_split(const std::filesystem::path& path, const FoldClips& clips, const FeatureCache& cache) {
  std::string text = "clip,genre,artist,part,audio_hash\n";
  for (std::size_t i = 0; i < clips.ids.size(); ++i)
    text += csv_line(
        std::vector<std::string>{clips.ids[i], clips.genres[clips.labels[i]], clips.artists[i], clips.part(i),
                                 fmt::format("{:016x}", cache.clips()[clips.cache_rows[i]].audio_hash)});
  write_file_atomically(path, text);
}

void write_predictions(const std::filesystem::path& path, const FoldClips& clips,
                       const std::vector<double>& probabilities) {
  std::vector<std::string> fields = {"part", "clip", "truth"};
  fields.insert(fields.end(), clips.genres.begin(), clips.genres.end());
  std::string text = csv_line(fields);
  const std::size_t genres = clips.genres.size();
  for (const auto* part : {&clips.validation, &clips.test})
    for (const std::size_t clip : *part) {
      fields = {clips.part(clip), clips.ids[clip], clips.genres[clips.labels[clip]]};
      for (std::size_t g = 0; g < genres; ++g)
        fields.push_back(number_text(static_cast<float>(probabilities[clip * genres + g])));
      text += csv_line(fields);
    }
  write_file_atomically(path, text);
}

void write_confusion(const std::filesystem::path& path, const Predictions& test) {
  const std::size_t genres = test.genres.size();
  const std::vector<std::size_t> counts = compute_metrics(test).confusion;
  std::vector<std::string> fields = {"truth"};
  fields.insert(fields.end(), test.genres.begin(), test.genres.end());
  std::string text = csv_line(fields);
  for (std::size_t truth = 0; truth < genres; ++truth) {
    fields = {test.genres[truth]};
    for (std::size_t g = 0; g < genres; ++g) fields.push_back(std::to_string(counts[truth * genres + g]));
    text += csv_line(fields);
  }
  write_file_atomically(path, text);
}

Json metrics_json(const Predictions& predictions) {
  const Metrics metrics = compute_metrics(predictions);
  return {{"accuracy", metrics.accuracy}, {"macro_f1", metrics.macro_f1}, {"log_loss", metrics.log_loss}};
}

Json calibration_json(bool folds, const Predictions& validation, const Predictions& test) {
  const Temperature fitted = fit_temperature(folds ? test : validation);
  return {{"temperature", fitted.value},
          {"fitted_on", folds ? "out-of-fold" : "validation"},
          {"clips", fitted.clips},
          {"log_loss", {{"before", fitted.log_loss_before}, {"after", fitted.log_loss_after}}}};
}

}  // namespace genretrack

#include "host/cli/child_runs.h"

#include <fcntl.h>
#include <signal.h>
#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <map>
#include <thread>

#include "host/core/error.h"
#include "host/core/files.h"
#include "host/core/interrupt.h"
#include "host/spec/read_experiment.h"
#include "host/train/run_folder.h"

namespace genretrack {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using Json = nlohmann::ordered_json;

// Specs and logs of the processes, removed at the end.
class ScratchFolder {
 public:
  ScratchFolder() : path_(fs::temp_directory_path() / fmt::format("genretrack-run-{}", ::getpid())) {
    fs::create_directories(path_);
  }
  ~ScratchFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

// The last error of a log, or its last line.
std::string problem_in(const fs::path& log) {
  std::string text, line, found;
  try {
    text = read_file(log);
  } catch (const Error&) {
  }
  for (const char c : text + "\n") {
    if (c != '\n') {
      line += c;
      continue;
    }
    if (line.starts_with("error: ")) found = line.substr(7);
    line.clear();
  }
  return found.empty() ? "ended without a message" : found;
}

class Children {
 public:
  Children(const std::vector<Planned>& all, const GlobalOptions& global, const RunPlan& plan, Device device)
      : all_(all), global_(global), plan_(plan), device_(device), outcomes_(all.size()) {
    for (std::size_t i = 0; i < all.size(); ++i) waiting_.push_back(i);
    if (plan.budget)
      end_ = Clock::now() +
             std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(*plan.budget));
  }
  // Whatever happens here, no process stays behind.
  ~Children() {
    for (const auto& [pid, i] : running_) ::kill(pid, SIGTERM);
    for (const auto& [pid, i] : running_) ::waitpid(pid, nullptr, 0);
  }
  Children(const Children&) = delete;
  Children& operator=(const Children&) = delete;

  std::vector<RunOutcome> run() {
    while (!waiting_.empty() || !running_.empty()) {
      if (!stopping_ && (interrupted() || (end_ && Clock::now() >= *end_))) stop();
      while (!stopping_ && !waiting_.empty() && std::ssize(running_) < plan_.jobs && start_next()) {
      }
      if (stopping_) waiting_.clear();
      collect();
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    throw_if_interrupted("finished runs and last epochs are kept; run the same command again to go on");
    return std::move(outcomes_);
  }

 private:
  // A run that another program has is left for the end: by then it is done there, or this one waits for it.
  bool start_next() {
    const auto free = std::find_if(waiting_.begin(), waiting_.end(), [&](std::size_t i) {
      return !is_in_use(plan_.runs, all_[i].experiment.name);
    });
    if (free == waiting_.end() && !running_.empty()) return false;
    const auto next = free == waiting_.end() ? waiting_.begin() : free;
    const std::size_t i = *next;
    waiting_.erase(next);
    start(i);
    return true;
  }

  void start(std::size_t i) {
    const fs::path spec = scratch_.path() / fmt::format("{}.json", i), log = log_of(i);
    write_file_atomically(spec, to_json(all_[i].experiment).dump(2));
    std::vector<std::string> words = {"genretrack",
                                      "run",
                                      spec.string(),
                                      "--runs",
                                      plan_.runs.string(),
                                      "--device",
                                      device_ == Device::kCuda ? "cuda" : "cpu",
                                      "--threads",
                                      std::to_string(std::max(1, thread_count(global_) / plan_.jobs)),
                                      "--json",
                                      "--wait"};
    if (!global_.data_root.empty()) words.insert(words.end(), {"--data-root", global_.data_root.string()});
    if (plan_.force) words.emplace_back("--force");
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    std::error_code ignored;
    const std::string program = fs::read_symlink("/proc/self/exe", ignored).string();
    // Between fork and exec only what is safe there: the child has the locks of threads that it does not
    // have.
    const std::string log_name = log.string();
    const pid_t pid = ::fork();
    if (pid < 0) throw Error(ErrorKind::kFailure, "the system starts no further process; use fewer --jobs");
    if (pid == 0) {
      const int nothing = ::open("/dev/null", O_RDWR);
      const int file = ::open(log_name.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
      if (nothing < 0 || file < 0) ::_exit(127);
      ::dup2(nothing, 0);
      ::dup2(nothing, 1);
      ::dup2(file, 2);
      ::execv(program.c_str(), arguments.data());
      ::_exit(127);
    }
    running_.emplace(pid, i);
    spdlog::info("{}: started ({} of {} done, {} at once)", all_[i].experiment.name, done_, all_.size(),
                 running_.size());
  }

  void collect() {
    for (auto child = running_.begin(); child != running_.end();) {
      int status = 0;
      if (::waitpid(child->first, &status, WNOHANG) != child->first) {
        ++child;
        continue;
      }
      finish(child->second, status);
      child = running_.erase(child);
    }
  }

  void finish(std::size_t i, int status) {
    const std::string& name = all_[i].experiment.name;
    RunOutcome& outcome = outcomes_[i];
    ++done_;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
      outcome.summary = read_json_file(plan_.runs / name / "summary.json");
      spdlog::info("{}: finished, {} of {}", name, done_, all_.size());
    } else if (stopping_ && WIFEXITED(status) &&
               WEXITSTATUS(status) == static_cast<int>(ErrorKind::kInterrupted)) {
      spdlog::info("{}: stopped, its last finished epoch is kept", name);
    } else {
      const bool exited =
          WIFEXITED(status) && WEXITSTATUS(status) <= static_cast<int>(ErrorKind::kInterrupted);
      outcome.problem =
          WIFSIGNALED(status) ? fmt::format("ended by signal {}", WTERMSIG(status)) : problem_in(log_of(i));
      outcome.kind = exited ? static_cast<ErrorKind>(WEXITSTATUS(status)) : ErrorKind::kFailure;
      spdlog::error("{}: {}", name, outcome.problem);
    }
  }

  void stop() {
    stopping_ = true;
    if (!interrupted())
      spdlog::info("the budget is used up; what runs stops, and the same command goes on with it");
    for (const auto& [pid, i] : running_) ::kill(pid, SIGTERM);
  }

  fs::path log_of(std::size_t i) const { return scratch_.path() / fmt::format("{}.log", i); }

  const std::vector<Planned>& all_;
  const GlobalOptions& global_;
  const RunPlan& plan_;
  const Device device_;
  std::vector<RunOutcome> outcomes_;
  ScratchFolder scratch_;
  std::deque<std::size_t> waiting_;
  std::map<pid_t, std::size_t> running_;
  std::optional<Clock::time_point> end_;
  std::size_t done_ = 0;
  bool stopping_ = false;
};

}  // namespace

std::vector<RunOutcome> run_as_children(const std::vector<Planned>& all, const GlobalOptions& global,
                                        const RunPlan& plan, Device device) {
  return Children(all, global, plan, device).run();
}

}  // namespace genretrack

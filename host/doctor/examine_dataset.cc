#include "host/doctor/examine_dataset.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <mutex>
#include <set>
#include <utility>

#include "host/core/audio_suffix.h"
#include "host/core/run_on_threads.h"
#include "host/doctor/clip_findings.h"
#include "host/doctor/duplicates.h"
#include "host/doctor/sniff.h"

namespace genretrack {
namespace {

namespace fs = std::filesystem;

std::vector<ClipFacts> examine_clips(const Dataset& dataset, const DoctorOptions& options) {
  std::vector<ClipFacts> facts(dataset.clips.size());
  std::mutex mutex;
  std::size_t done = 0;
  run_on_threads(
      options.threads, facts.size(), kNothingWritten, [] { return ClipExaminer(); },
      [&](ClipExaminer& examiner, std::size_t i) {
        facts[i] = examiner.examine(dataset.clips[i].path);
        const std::lock_guard guard(mutex);
        ++done;
        if (options.progress) options.progress(done, facts.size());
      },
      [](const ClipExaminer&) {});
  return facts;
}

std::string container_of_file(const fs::path& path) {
  std::array<std::byte, 512> start;
  std::ifstream file(path, std::ios::binary);
  file.read(reinterpret_cast<char*>(start.data()), start.size());
  return container_of(
      std::span(start).first(static_cast<std::size_t>(std::max<std::streamsize>(0, file.gcount()))));
}

// Files below the genre folders that read_dataset() passes over; recordings among them are findings.
std::size_t find_passed_over(const fs::path& folder, const fs::path& root, std::vector<Finding>& findings) {
  std::size_t count = 0;
  std::error_code error;
  std::set<fs::path> entries;
  for (fs::directory_iterator entry(folder, error); !error && entry != fs::directory_iterator();
       entry.increment(error))
    entries.insert(entry->path());
  for (const fs::path& path : entries) {
    if (path.filename().string().starts_with('.') || is_audio_file(path)) continue;
    const fs::file_status status = fs::symlink_status(path, error);
    if (fs::is_directory(status)) count += find_passed_over(path, root, findings);
    if (!fs::is_regular_file(status)) continue;
    ++count;
    const std::string container = container_of_file(path);
    if (!is_readable_container(container)) continue;
    findings.push_back({FindingKind::kWrongSuffix,
                        Severity::kWarning,
                        {},
                        path.lexically_relative(root).generic_string(),
                        "the content is " + container + ", and by its suffix it is passed over",
                        1});
  }
  return count;
}

// What is an error by itself, every copy but the first that is not, and every copy of what has two genres.
std::vector<std::size_t> clips_left_out(const DoctorReport& report,
                                        const std::vector<std::size_t>& first_of_sound) {
  std::set<std::size_t> out;
  std::set<std::size_t> disputed;  // sounds
  for (const Finding& finding : report.findings) {
    if (finding.severity == Severity::kError && finding.clips.size() == 1) out.insert(finding.clips[0]);
    if (finding.kind == FindingKind::kTwoGenres) disputed.insert(first_of_sound[finding.clips[0]]);
  }
  std::set<std::size_t> kept;  // sounds
  for (std::size_t clip = 0; clip < first_of_sound.size(); ++clip)
    if (!out.contains(clip) &&
        (disputed.contains(first_of_sound[clip]) || !kept.insert(first_of_sound[clip]).second))
      out.insert(clip);
  return {out.begin(), out.end()};
}

}  // namespace

DoctorReport examine_dataset(Dataset dataset, const DoctorOptions& options) {
  DoctorReport report;
  report.dataset = std::move(dataset);
  report.facts = examine_clips(report.dataset, options);
  for (std::size_t i = 0; i < report.facts.size(); ++i)
    find_in_clip(report.dataset.clips[i], i, report.facts[i], report.findings);
  const std::vector<std::size_t> first_of_sound =
      find_duplicates(report.dataset, report.facts, options.threads, report.findings);
  for (ClipFacts& facts : report.facts) facts.fingerprint = {};
  find_in_collection(report.dataset, report.facts, report.findings);
  if (options.search_folders)
    report.passed_over = find_passed_over(report.dataset.root, report.dataset.root, report.findings);
  sort_worst_first(report.findings);
  report.left_out = clips_left_out(report, first_of_sound);
  report.lengths = summarise_lengths(report.dataset, report.facts);
  report.formats = count_formats(report.facts);
  report.parts = compare_parts(report.dataset);
  return report;
}

}  // namespace genretrack

// The runs of a comparison as event files: a folder per training and branch, one of the figures of the run.
#include <map>

#include "host/core/error.h"
#include "host/core/files.h"
#include "host/report/comparison_report.h"
#include "host/report/event_file.h"
#include "host/report/page.h"

namespace genretrack {
namespace {

namespace fs = std::filesystem;

// TensorBoard takes files whose name holds "tfevents", and wants a time and a host behind that.
constexpr const char* kFileName = "events.out.tfevents.0000000000.genretrack";

// A label may be a path, a branch may have any name: one folder, which stays within its parent.
std::string folder_name(const std::string& name) {
  std::string folder = valid_utf8(name);
  for (char& c : folder)
    if (c == '/' || static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '_';
  if (why_not_a_file_name(folder).empty()) return folder;
  return "_" + folder.substr(0, 100);
}

void write_events(const fs::path& folder, const EventFile& events) {
  std::error_code failure;
  fs::create_directories(folder, failure);
  if (failure)
    throw Error(ErrorKind::kData, folder.string() + ": cannot be made (" + failure.message() +
                                      "); name a folder that can be written");
  write_file_atomically(folder / kFileName, events.bytes());
}

void write_training(const fs::path& folder, const TrainingRecord& training) {
  std::map<std::string, std::pair<EventFile, double>> branches;  // and the seconds that have passed
  for (const EpochRecord& epoch : training.epochs) {
    auto& [events, seconds] = branches[epoch.branch];
    seconds += epoch.seconds;
    events.add_scalars(static_cast<std::int64_t>(epoch.epoch), seconds,
                       {{"loss/train", epoch.train_loss},
                        {"loss/validation", epoch.validation_loss},
                        {"accuracy/validation", epoch.validation_accuracy},
                        {"learning_rate", epoch.learning_rate}});
  }
  for (const auto& [branch, value] : branches) write_events(folder / folder_name(branch), value.first);
}

}  // namespace

void write_comparison_events(const Comparison& comparison, const fs::path& folder) {
  for (const ComparedRun& run : comparison.runs) {
    const fs::path here = folder / folder_name(run.label);
    for (const TrainingRecord& training : run.run.trainings)
      write_training(here / folder_name(training.folder), training);
    const Metrics& test = run.test.metrics;
    EventFile events;
    events.add_scalars(0, 0,
                       {{"test/accuracy", test.accuracy},
                        {"test/balanced_accuracy", test.balanced_accuracy},
                        {"test/macro_f1", test.macro_f1},
                        {"test/log_loss", test.log_loss},
                        {"test/brier", test.brier}});
    write_events(here / "test", events);
  }
}

}  // namespace genretrack

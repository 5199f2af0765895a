// Which clips train, which stop the training, and which are reported.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "host/dataset/dataset.h"

namespace genretrack {

enum class SplitType { kFaultFiltered, kManifest, kRandom, kKFold, kArtist3Fold, kFile };
enum class Grouping {
  kNone,
  kArtist
};  // kArtist: an artist's clips stay on one side; unknown artists are groups of one
enum class ReportedList { kTest, kValidation };

struct SplitParams {
  SplitType type = SplitType::kRandom;
  std::uint64_t seed = 1;  // of the split only: every training seed sees the same split
  // kFaultFiltered: the published list that is reported. With kValidation (where the recordings of the test
  // list are absent) the inner part of the training list is used for stopping.
  ReportedList test = ReportedList::kTest;
  double test_fraction = 0.2;        // kRandom, per genre
  int folds = 10;                    // kKFold
  Grouping group = Grouping::kNone;  // kRandom, kKFold: of the reported part
  // kRandom, kKFold, kArtist3Fold: only GTZAN's clips of these fault-filtered lists take part; empty: all.
  std::vector<std::string> lists = {};
  std::string path = {};             // kFile: a CSV, looked up by find_data()
  double validation_fraction = 0.2;  // of the training part, where the split has no validation part
  Grouping validation_group = Grouping::kArtist;
  bool allow_leakage = false;
  bool report_only = false;  // `genretrack split`: leaks are listed in Split::leaks, and none is refused
  bool operator==(const SplitParams&) const = default;
};

struct Fold {
  std::string name;                                  // "" for a single split, else "fold-1", ...
  std::vector<std::size_t> train, validation, test;  // indices into Dataset::clips, ascending
};

struct Split {
  std::string name;         // for reports: "fault-filtered, reported on the validation list"
  std::vector<Fold> folds;  // at least one
  std::vector<std::string>
      notes;  // for reports: leakage allowed, unknown artists, small parts, unlisted clips
  std::vector<std::string> leaks;  // those of the notes that say what leaks; the name says so, too
};

// Throws Error(kData): a part or a genre of a part that is empty (named), fewer artists than folds in a genre
// (named, with the count), clips in no list, a line of a split file that cannot be (named), and leakage (a
// clip or, where artists are known and asked to be kept together, an artist on both sides) unless allowed.
// What only the recordings' content shows is for check_same() in split_checks.h.
Split make_split(const Dataset& dataset, const SplitParams& params);

}  // namespace genretrack

#include "host/dataset/listed_splits.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "host/core/csv.h"
#include "host/core/error.h"
#include "host/core/files.h"
#include "host/dataset/folders.h"
#include "host/dataset/groups.h"
#include "host/dataset/gtzan.h"
#include "host/dataset/text.h"

namespace genretrack {
namespace {

constexpr int kArtistFolds = 3;

// The published fold of every clip; empty where it is in none.
std::vector<std::string> published_folds(const Dataset& dataset) {
  std::vector<std::string> folds;
  for (const Clip& clip : dataset.clips) {
    const GtzanClip* known = find_gtzan_clip(clip.stem(), clip.genre);
    if (known == nullptr)
      throw Error(ErrorKind::kData, "artist-3fold is a split of GTZAN, and " + clip.id + " of '" +
                                        dataset.name +
                                        "' is not of it; {\"type\": \"k-fold\", \"folds\": 3, \"group\": "
                                        "\"artist\"} makes such folds of any collection");
    folds.push_back(known->artist_fold);
  }
  return folds;
}

// Without clips whose artist or sound is in the test part; how many that were is added to `left_out`.
ClipList kept_apart(const Dataset& dataset, const ClipList& train, const ClipList& test,
                    std::size_t& left_out) {
  std::set<std::string> artists, sounds;
  for (const std::size_t i : test) {
    artists.insert(artist_key(dataset.clips[i].artist));
    sounds.insert(sound_key(dataset.clips[i]));
  }
  artists.erase("");
  ClipList kept;
  for (const std::size_t i : train) {
    const Clip& clip = dataset.clips[i];
    if (artists.contains(artist_key(clip.artist)) || sounds.contains(sound_key(clip)))
      ++left_out;
    else
      kept.push_back(i);
  }
  return kept;
}

// Finds clips by what a line of a split file calls them.
class ClipFinder {
 public:
  ClipFinder(const Dataset& dataset, const std::filesystem::path& file) : folders_{folder_of(file)} {
    if (!dataset.data_root.empty()) folders_.push_back(dataset.data_root);
    for (std::size_t i = 0; i < dataset.clips.size(); ++i) {
      by_name_.emplace(dataset.clips[i].id, i);
      by_path_.emplace(absolute(dataset.clips[i].path), i);
    }
  }
  std::optional<std::size_t> find(const std::string& name) const {
    const std::string normal = std::filesystem::path(name).lexically_normal().generic_string();
    if (const auto found = by_name_.find(normal); found != by_name_.end()) return found->second;
    for (const std::filesystem::path& folder : folders_)
      if (const auto found = by_path_.find(absolute(folder / name)); found != by_path_.end())
        return found->second;
    return std::nullopt;
  }

 private:
  static std::string absolute(const std::filesystem::path& path) {
    return std::filesystem::absolute(path).lexically_normal().string();
  }
  std::vector<std::filesystem::path> folders_;
  std::map<std::string, std::size_t> by_name_, by_path_;
};

// The lines of a split file, gathered by fold in the order of their names.
class FileFolds {
 public:
  explicit FileFolds(const CsvTable& table)
      : table_(table),
        clip_(table.find("clip") ? *table.find("clip") : table.column("path")),
        part_(table.column("part")),
        fold_(table.find("fold")) {}

  void add(const CsvTable::Row& row, const ClipFinder& finder) {
    const std::string& name = row.fields[clip_];
    const std::string& part = row.fields[part_];
    if (name.empty()) fail(row, "names no clip; fill it in or remove the line");
    if (!part.empty() && part != "train" && part != "validation" && part != "test")
      fail(row, "the part '" + part + "' is none of train, validation, test; correct it or leave it empty");
    const std::string fold = fold_name(row);
    const auto clip = finder.find(name);
    if (!clip) {
      if (unknown_++ == 0) example_ = name;
      return;
    }
    if (!seen_.emplace(fold, *clip).second)
      fail(row, "'" + name + "' stands there already" + (fold.empty() ? "" : " in " + fold) +
                    "; remove one of the two lines");
    Fold& found = folds_[fold];
    found.name = fold;
    if (part == "train") found.train.push_back(*clip);
    if (part == "validation") found.validation.push_back(*clip);
    if (part == "test") found.test.push_back(*clip);
    if (!part.empty()) listed_.insert(*clip);
  }

  void finish(const Dataset& dataset, Split& split) {
    if (folds_.empty())
      throw Error(ErrorKind::kData, table_.source + ": names no clip of '" + dataset.name +
                                        "'; clips are named by their path from the data set's folder, such "
                                        "as " +
                                        dataset.clips.front().id);
    for (auto& [name, fold] : folds_) {
      for (ClipList* part : {&fold.train, &fold.validation, &fold.test})
        std::sort(part->begin(), part->end());
      split.folds.push_back(std::move(fold));
    }
    if (unknown_ > 0)
      split.notes.push_back(count_of(unknown_, "line") + " of the split's file " +
                            (unknown_ == 1 ? "names a clip" : "name clips") +
                            " that the data set does not have, such as " + example_);
    if (const std::size_t rest = dataset.clips.size() - listed_.size(); rest > 0)
      split.notes.push_back(count_of(rest, "clip") + " without a part in the split's file, left out");
  }

 private:
  [[noreturn]] void fail(const CsvTable::Row& row, const std::string& what) const {
    throw Error(ErrorKind::kData, table_.source + ":" + std::to_string(row.line) + ": " + what);
  }
  std::string fold_name(const CsvTable::Row& row) const {
    if (!fold_) return "";
    const std::string& text = row.fields[*fold_];
    if (text.empty()) return "";
    const bool number = text.find_first_not_of("0123456789") == text.npos;
    const std::string name = number ? "fold-" + text : text;
    if (const std::string why = why_not_a_file_name(name); !why.empty())
      fail(row, "the fold '" + text + "' cannot name a folder: " + why);
    return name;
  }

  const CsvTable& table_;
  std::size_t clip_, part_;
  std::optional<std::size_t> fold_;
  std::map<std::string, Fold> folds_;
  std::set<std::pair<std::string, std::size_t>> seen_;
  std::set<std::size_t> listed_;
  std::size_t unknown_ = 0;
  std::string example_;
};

}  // namespace

void split_by_artist_folds(const Dataset& dataset, const SplitParams& params, Split& split) {
  split.name = "artist-3fold, the published folds";
  const std::vector<std::string> folds = published_folds(dataset);
  std::size_t left_out = 0;
  for (int number = 1; number <= kArtistFolds; ++number) {
    Fold fold;
    fold.name = "fold-" + std::to_string(number);
    for (std::size_t i = 0; i < folds.size(); ++i)
      if (!folds[i].empty()) (folds[i] == std::to_string(number) ? fold.test : fold.train).push_back(i);
    if (!params.allow_leakage) fold.train = kept_apart(dataset, fold.train, fold.test, left_out);
    split.folds.push_back(std::move(fold));
  }
  const auto unlisted = static_cast<std::size_t>(std::count(folds.begin(), folds.end(), ""));
  if (unlisted > 0)
    split.notes.push_back(count_of(unlisted, "clip") + " in none of the published folds, left out");
  if (left_out > 0)
    split.notes.push_back(
        count_of(left_out, "clip") +
        " of the training parts, all folds together, left out: by the index of data/gtzan.csv "
        "the published fold tests their artist or their sound");
}

void split_by_file(const Dataset& dataset, const SplitParams& params, Split& split) {
  const std::filesystem::path path = find_data(params.path, dataset.data_root);
  split.name = "file " + path.filename().string();
  const CsvTable table = read_csv(path);
  FileFolds folds(table);
  const ClipFinder finder(dataset, path);
  for (const CsvTable::Row& row : table.rows) folds.add(row, finder);
  folds.finish(dataset, split);
}

}  // namespace genretrack

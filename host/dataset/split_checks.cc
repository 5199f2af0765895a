#include "host/dataset/split_checks.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>

#include "host/core/error.h"
#include "host/dataset/groups.h"
#include "host/dataset/text.h"

namespace genretrack {
namespace {

constexpr std::size_t kNamedPairs = 5;
constexpr std::size_t kTrain = 0, kValidation = 1, kTest = 2;  // of sides()
constexpr std::size_t kSmallPart = 100;  // clips; evaluation.md asks for small parts to be named as such

struct Side {
  const char* name;
  const ClipList* clips;
};

std::array<Side, 3> sides(const Fold& fold) {
  return {Side{"training", &fold.train}, Side{"validation", &fold.validation}, Side{"test", &fold.test}};
}

std::string of_fold(const Fold& fold) { return fold.name.empty() ? std::string() : " of " + fold.name; }

// What two sides share: a key, with the first clip of each side that has it.
struct Shared {
  std::string first, second;
};
using Keys = std::vector<std::string>;  // by clip; an empty one matches nothing

template <class Key>
Keys keys_of(const Dataset& dataset, Key key) {
  Keys keys;
  for (const Clip& clip : dataset.clips) keys.push_back(key(clip));
  return keys;
}

using SharedKeys = std::map<std::string, Shared>;

SharedKeys shared_keys(const Dataset& dataset, const ClipList& a, const ClipList& b, const Keys& keys) {
  std::map<std::string, std::string> in_a;
  for (const std::size_t i : a)
    if (!keys[i].empty()) in_a.try_emplace(keys[i], dataset.clips[i].id);
  SharedKeys shared;
  for (const std::size_t i : b)
    if (const auto found = in_a.find(keys[i]); found != in_a.end())
      shared.try_emplace(found->first, Shared{found->second, dataset.clips[i].id});
  return shared;
}

// What sides number `a` and `b` share in the fold where they share most, in words; empty where nothing.
std::string describe_overlap(const Dataset& dataset, const Split& split, const Keys& keys, const char* thing,
                             std::size_t a, std::size_t b, const std::string& how = {}) {
  SharedKeys worst;
  const Fold* where = nullptr;
  for (const Fold& fold : split.folds) {
    SharedKeys shared = shared_keys(dataset, *sides(fold)[a].clips, *sides(fold)[b].clips, keys);
    if (shared.size() <= worst.size()) continue;
    worst = std::move(shared);
    where = &fold;
  }
  if (where == nullptr) return {};
  std::string text = count_of(worst.size(), thing) + (worst.size() == 1 ? " has" : " have") +
                     " clips in both the " + sides(*where)[a].name + " and the " + sides(*where)[b].name +
                     " part" + of_fold(*where) + how + ": ";
  std::size_t named = 0;
  for (const auto& [key, pair] : worst) {
    if (named == kNamedPairs) break;
    text += (named++ == 0 ? "" : "; ") + pair.first + " and " + pair.second;
  }
  return worst.size() > named ? text + "; and " + std::to_string(worst.size() - named) + " more" : text;
}

void leak(const SplitParams& params, const std::string& what, Split& split) {
  if (!params.allow_leakage && params.report_only) return split.leaks.push_back(what);
  if (!params.allow_leakage)
    throw Error(
        ErrorKind::kData,
        "the split '" + split.name + "' leaks: " + what +
            "; correct the split or leave copies out (genretrack doctor --write-manifest does), or set "
            "\"allow_leakage\": true, which every report will then say");
  // Figures carry the name of their split, always; so they carry this, too.
  if (split.leaks.empty()) split.name += ", with leakage";
  split.notes.push_back("leakage was allowed: " + what);
  split.leaks.push_back(what);
}

std::string artist_of(const Clip& clip) {
  return clip.artist.empty() ? std::string() : artist_key(clip.artist);
}

std::string small_part(const Dataset& dataset, const Side& side) {
  std::set<std::string> artists;
  for (const std::size_t i : *side.clips) artists.insert(artist_of(dataset.clips[i]));
  artists.erase("");
  std::string text =
      std::string("the ") + side.name + " part is small: " + count_of(side.clips->size(), "clip");
  if (!artists.empty()) text += " by " + count_of(artists.size(), "known artist");
  return text;
}

}  // namespace

void check_parts(const Dataset& dataset, const Split& split) {
  for (const Fold& fold : split.folds)
    for (const Side& side : sides(fold)) {
      std::set<std::string> present;
      for (const std::size_t i : *side.clips) present.insert(dataset.clips[i].genre);
      for (const std::string& genre : dataset.genres)
        if (!present.contains(genre))
          throw Error(ErrorKind::kData, "the " + std::string(side.name) + " part" + of_fold(fold) +
                                            " of the split '" + split.name + "' has no clip of the genre '" +
                                            genre + "' (it has " + count_of(side.clips->size(), "clip") +
                                            "); choose another split, or name the genres to keep");
    }
}

void check_leakage(const Dataset& dataset, const SplitParams& params, bool listed_validation, Split& split) {
  const bool test_apart = is_listed(params.type) || params.group == Grouping::kArtist;
  const bool validation_apart = listed_validation || params.validation_group == Grouping::kArtist;
  const Keys sounds = keys_of(dataset, sound_key), artists = keys_of(dataset, artist_of);
  for (const auto& [a, b, apart] :
       {std::tuple(kTrain, kTest, test_apart), std::tuple(kValidation, kTest, test_apart),
        std::tuple(kTrain, kValidation, validation_apart)}) {
    const std::string recording = describe_overlap(dataset, split, sounds, "recording", a, b);
    if (!recording.empty()) leak(params, recording, split);
    const std::string artist = describe_overlap(dataset, split, artists, "artist", a, b);
    if (artist.empty()) continue;
    if (apart)
      leak(params, artist, split);
    else
      split.notes.push_back("not grouped by artist: " + artist);
  }
}

void check_same(const Dataset& dataset, const SplitParams& params, const std::vector<std::string>& keys,
                const std::string& how, Split& split) {
  for (const auto& [a, b] :
       {std::pair(kTrain, kTest), std::pair(kValidation, kTest), std::pair(kTrain, kValidation)}) {
    const std::string what = describe_overlap(dataset, split, keys, "recording", a, b, how);
    if (!what.empty()) leak(params, what, split);
  }
}

bool is_listed(SplitType type) {
  return type == SplitType::kFaultFiltered || type == SplitType::kManifest ||
         type == SplitType::kArtist3Fold || type == SplitType::kFile;
}

void note_limits(const Dataset& dataset, const SplitParams& params, bool listed_validation, Split& split) {
  const auto unknown = static_cast<std::size_t>(std::count_if(
      dataset.clips.begin(), dataset.clips.end(), [](const Clip& clip) { return clip.artist.empty(); }));
  const bool grouped = (!is_listed(params.type) && params.group == Grouping::kArtist) ||
                       (!listed_validation && params.validation_group == Grouping::kArtist);
  if (unknown == dataset.clips.size() && grouped)
    split.notes.push_back("no artist is known, so grouping by artist keeps nothing apart");
  else if (unknown > 0)
    split.notes.push_back("the artist of " + std::to_string(unknown) + " of " +
                          count_of(dataset.clips.size(), "clip") +
                          " is not known; each counts as one of its own");
  if (split.folds.size() > 1) {
    if (dataset.clips.size() < kSmallPart)
      split.notes.push_back("the data set is small: " + count_of(dataset.clips.size(), "clip"));
    return;
  }
  for (const Side& side : sides(split.folds.front()))
    if (side.clips->size() < kSmallPart) split.notes.push_back(small_part(dataset, side));
}

}  // namespace genretrack

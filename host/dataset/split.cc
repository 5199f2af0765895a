#include "host/dataset/split.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "host/core/error.h"
#include "host/core/random.h"
#include "host/dataset/groups.h"
#include "host/dataset/gtzan.h"
#include "host/dataset/listed_splits.h"
#include "host/dataset/split_checks.h"
#include "host/dataset/text.h"

namespace genretrack {
namespace {

[[noreturn]] void fail(const std::string& what) { throw Error(ErrorKind::kData, what); }

// Those that take part: all, or those of the fault-filtered lists that the split names.
ClipList clips_of(const Dataset& dataset, const SplitParams& params, Split& split) {
  ClipList clips;
  for (std::size_t i = 0; i < dataset.clips.size(); ++i) {
    const GtzanClip* known =
        params.lists.empty() ? nullptr : find_gtzan_clip(dataset.clips[i].stem(), dataset.clips[i].genre);
    if (params.lists.empty() || (known != nullptr && std::find(params.lists.begin(), params.lists.end(),
                                                               known->fault_filtered) != params.lists.end()))
      clips.push_back(i);
  }
  if (params.lists.empty()) return clips;
  split.name += " over the fault-filtered lists " + join(params.lists);
  if (clips.empty())
    fail("no clip of '" + dataset.name + "' is in the fault-filtered lists " + join(params.lists));
  if (const std::size_t rest = dataset.clips.size() - clips.size(); rest > 0)
    split.notes.push_back(count_of(rest, "clip") + " in none of these lists, left out");
  return clips;
}

ClipList without(const ClipList& clips, const ClipList& taken) {
  ClipList rest;
  std::set_difference(clips.begin(), clips.end(), taken.begin(), taken.end(), std::back_inserter(rest));
  return rest;
}

void check_params(const SplitParams& params) {
  const auto is_fraction = [](double f) { return f > 0 && f < 1; };
  if (!is_fraction(params.validation_fraction) || !is_fraction(params.test_fraction))
    throw Error(ErrorKind::kSpec, "a fraction of a split must lie between 0 and 1");
  if (params.folds < 2) throw Error(ErrorKind::kSpec, "a k-fold split needs two folds at least");
}

// Each genre must have enough groups, or parts stay empty.
void check_groups(const Dataset& dataset, const std::vector<ClipList>& groups, std::size_t needed,
                  Grouping grouping, const std::string& purpose) {
  const std::vector<std::size_t> numbers = groups_per_genre(dataset, groups);
  for (std::size_t g = 0; g < numbers.size(); ++g)
    if (numbers[g] < needed)
      fail("the genre '" + dataset.genres[g] + "' has " +
           count_of(numbers[g], grouping == Grouping::kArtist ? "artist" : "recording") + ", but " + purpose +
           " needs " + std::to_string(needed) + "; " +
           (grouping == Grouping::kArtist ? "do not group by artist, " : "add recordings, ") +
           "leave the genre out, or choose another split");
}

Fold listed_fold(const std::vector<std::string>& lists) {
  Fold fold;
  for (std::size_t i = 0; i < lists.size(); ++i) {
    if (lists[i] == "train") fold.train.push_back(i);
    if (lists[i] == "validation") fold.validation.push_back(i);
    if (lists[i] == "test") fold.test.push_back(i);
  }
  return fold;
}

void note_unlisted(const std::vector<std::string>& lists, const char* why, Split& split) {
  const auto unlisted = static_cast<std::size_t>(std::count(lists.begin(), lists.end(), ""));
  if (unlisted > 0) split.notes.push_back(count_of(unlisted, "clip") + why);
}

void split_by_published_lists(const Dataset& dataset, const SplitParams& params, Split& split) {
  std::vector<std::string> lists;
  ClipList unknown;
  for (std::size_t i = 0; i < dataset.clips.size(); ++i) {
    const Clip& clip = dataset.clips[i];
    const GtzanClip* known = find_gtzan_clip(clip.stem(), clip.genre);
    if (known == nullptr) unknown.push_back(i);
    lists.push_back(known == nullptr ? "" : known->fault_filtered);
  }
  if (!unknown.empty())
    fail("the fault-filtered lists are of GTZAN, and " + count_of(unknown.size(), "clip") + " of '" +
         dataset.name + "' is not of it, such as " + dataset.clips[unknown.front()].id +
         "; choose another split");
  Fold fold = listed_fold(lists);
  if (params.test == ReportedList::kValidation) {
    fold.test = std::move(fold.validation);
    fold.validation.clear();
    split.name = "fault-filtered, reported on the validation list";
  } else {
    split.name = "fault-filtered, reported on the test list";
    if (fold.test.empty())
      fail("no recording of the fault-filtered test list is in '" + dataset.name +
           "'; report on the validation list instead: {\"type\": \"fault-filtered\", \"test\": "
           "\"validation\"}");
  }
  note_unlisted(lists,
                " in none of the fault-filtered lists (replicas, distortions, doubtful labels), left out",
                split);
  split.folds.push_back(std::move(fold));
}

void split_by_manifest(const Dataset& dataset, Split& split) {
  split.name = "manifest";
  std::vector<std::string> lists;
  for (const Clip& clip : dataset.clips) lists.push_back(clip.part);
  if (std::count(lists.begin(), lists.end(), "") == std::ssize(lists))
    fail("'" + dataset.name +
         "' names no split of any clip; a manifest split is the column 'split' of a CSV data "
         "set, with train, validation or test");
  note_unlisted(lists, " without a part in the column 'split', left out", split);
  split.folds.push_back(listed_fold(lists));
}

void split_at_random(const Dataset& dataset, const SplitParams& params, Split& split) {
  split.name = "random, " + std::to_string(std::lround(100 * params.test_fraction)) + " % for test";
  const ClipList clips = clips_of(dataset, params, split);
  const std::vector<ClipList> groups = make_groups(dataset, clips, params.group);
  check_groups(dataset, groups, 2, params.group, "a test part");
  Random random(params.seed, Purpose::kSplit);
  Fold fold;
  fold.test = choose_part(dataset, groups, params.test_fraction, random);
  fold.train = without(clips, fold.test);
  split.folds.push_back(std::move(fold));
}

void split_in_folds(const Dataset& dataset, const SplitParams& params, Split& split) {
  split.name = std::to_string(params.folds) + "-fold";
  const ClipList clips = clips_of(dataset, params, split);
  const std::vector<ClipList> groups = make_groups(dataset, clips, params.group);
  check_groups(dataset, groups, static_cast<std::size_t>(params.folds), params.group, split.name);
  Random random(params.seed, Purpose::kSplit);
  for (ClipList& test : deal_folds(dataset, groups, params.folds, random)) {
    Fold fold;
    fold.name = "fold-" + std::to_string(split.folds.size() + 1);
    fold.train = without(clips, test);
    fold.test = std::move(test);
    split.folds.push_back(std::move(fold));
  }
}

// The inner part of the training part that stops the training.
void take_validation(const Dataset& dataset, const SplitParams& params, std::uint64_t stream, Fold& fold) {
  const std::vector<ClipList> groups = make_groups(dataset, fold.train, params.validation_group);
  check_groups(dataset, groups, 2, params.validation_group,
               fold.name.empty() ? "a training and a validation part" : "the training part of " + fold.name);
  Random random(params.seed, Purpose::kSplit, stream);
  fold.validation = choose_part(dataset, groups, params.validation_fraction, random);
  fold.train = without(fold.train, fold.validation);
}

}  // namespace

Split make_split(const Dataset& dataset, const SplitParams& params) {
  check_params(params);
  Split split;
  switch (params.type) {
    case SplitType::kFaultFiltered:
      split_by_published_lists(dataset, params, split);
      break;
    case SplitType::kManifest:
      split_by_manifest(dataset, split);
      break;
    case SplitType::kRandom:
      split_at_random(dataset, params, split);
      break;
    case SplitType::kKFold:
      split_in_folds(dataset, params, split);
      break;
    case SplitType::kArtist3Fold:
      split_by_artist_folds(dataset, params, split);
      break;
    case SplitType::kFile:
      split_by_file(dataset, params, split);
      break;
  }
  if (!is_listed(params.type))
    split.name += params.group == Grouping::kArtist ? ", grouped by artist" : ", not grouped";
  const bool listed_validation = std::any_of(split.folds.begin(), split.folds.end(),
                                             [](const Fold& f) { return !f.validation.empty(); });
  if (!listed_validation)
    for (std::size_t i = 0; i < split.folds.size(); ++i)
      take_validation(dataset, params, i + 1, split.folds[i]);
  check_parts(dataset, split);
  check_leakage(dataset, params, listed_validation, split);
  note_limits(dataset, params, listed_validation, split);
  return split;
}

}  // namespace genretrack

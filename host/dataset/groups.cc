#include "host/dataset/groups.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <numeric>
#include <optional>
#include <system_error>
#include <utility>

#include "host/core/disjoint_sets.h"
#include "host/dataset/gtzan.h"
#include "host/dataset/text.h"

namespace genretrack {
namespace {

using Counts = std::vector<long>;  // by genre index

Counts genre_counts(const Dataset& dataset, const ClipList& clips) {
  Counts counts(dataset.genres.size());
  for (const std::size_t clip : clips) ++counts[dataset.genre_index(dataset.clips[clip].genre)];
  return counts;
}

// Which groups are taken, and how far each genre is from what it shall give.
class Choice {
 public:
  Choice(const Dataset& dataset, const std::vector<ClipList>& groups, double fraction)
      : total_(dataset.genres.size()), taken_(dataset.genres.size()), is_taken_(groups.size()) {
    for (const ClipList& group : groups) {
      sizes_.push_back(genre_counts(dataset, group));
      for (std::size_t g = 0; g < total_.size(); ++g) total_[g] += sizes_.back()[g];
    }
    for (const long n : total_)
      wanted_.push_back(
          std::clamp(std::lround(fraction * static_cast<double>(n)), std::min(1L, n), std::max(n - 1, 0L)));
  }

  bool is_taken(std::size_t group) const { return is_taken_[group]; }
  bool has(std::size_t group, std::size_t genre) const { return sizes_[group][genre] > 0; }
  bool is_missing(std::size_t genre) const { return total_[genre] > 0 && taken_[genre] == 0; }
  bool fits(std::size_t group) const {
    return all(group, [&](std::size_t g) { return taken_[g] + sizes_[group][g] <= wanted_[g]; });
  }
  bool leaves_some(std::size_t group) const {
    return all(group, [&](std::size_t g) { return taken_[g] + sizes_[group][g] < total_[g]; });
  }
  // By how much taking the group changes the squared distance from what is wanted.
  long change(std::size_t group) const {
    long sum = 0;
    for (std::size_t g = 0; g < total_.size(); ++g) {
      const long before = taken_[g] - wanted_[g], after = before + sizes_[group][g];
      sum += after * after - before * before;
    }
    return sum;
  }
  void take(std::size_t group) {
    is_taken_[group] = true;
    for (std::size_t g = 0; g < total_.size(); ++g) taken_[g] += sizes_[group][g];
  }

 private:
  template <class Condition>
  bool all(std::size_t group, Condition condition) const {
    for (std::size_t g = 0; g < total_.size(); ++g)
      if (sizes_[group][g] > 0 && !condition(g)) return false;
    return true;
  }

  std::vector<Counts> sizes_;
  Counts total_, wanted_, taken_;
  std::vector<bool> is_taken_;
};

// The group, of those that satisfy the condition, that brings the choice nearest; the first of equals.
template <class Condition>
std::optional<std::size_t> best_of(const Choice& choice, const std::vector<std::size_t>& order,
                                   Condition condition) {
  std::optional<std::size_t> best;
  for (const std::size_t group : order)
    if (!choice.is_taken(group) && choice.leaves_some(group) && condition(group) &&
        (!best || choice.change(group) < choice.change(*best)))
      best = group;
  return best;
}

}  // namespace

std::string sound_key(const Clip& clip) {
  if (const GtzanClip* known = find_gtzan_clip(clip.stem(), clip.genre))
    return "gtzan:" + (known->replica_of.empty() ? known->clip : known->replica_of);
  std::error_code error;
  const std::filesystem::path real = std::filesystem::weakly_canonical(clip.path, error);
  return error ? clip.path.lexically_normal().string() : real.string();
}

std::vector<ClipList> make_groups(const Dataset& dataset, const ClipList& clips, Grouping grouping) {
  DisjointSets sets(clips.size());
  std::map<std::string, std::size_t> first_of_sound, first_of_artist;
  for (std::size_t i = 0; i < clips.size(); ++i) {
    const Clip& clip = dataset.clips[clips[i]];
    sets.join(i, first_of_sound.try_emplace(sound_key(clip), i).first->second);
    if (grouping == Grouping::kArtist && !clip.artist.empty())
      sets.join(i, first_of_artist.try_emplace(artist_key(clip.artist), i).first->second);
  }
  std::vector<ClipList> groups;
  std::map<std::size_t, std::size_t> group_of;
  for (std::size_t i = 0; i < clips.size(); ++i) {
    const auto [entry, is_new] = group_of.try_emplace(sets.first(i), groups.size());
    if (is_new) groups.emplace_back();
    groups[entry->second].push_back(clips[i]);
  }
  return groups;
}

std::vector<std::size_t> groups_per_genre(const Dataset& dataset, const std::vector<ClipList>& groups) {
  std::vector<std::size_t> numbers(dataset.genres.size());
  for (const ClipList& group : groups) {
    const Counts counts = genre_counts(dataset, group);
    for (std::size_t g = 0; g < counts.size(); ++g) numbers[g] += counts[g] > 0;
  }
  return numbers;
}

ClipList choose_part(const Dataset& dataset, const std::vector<ClipList>& groups, double fraction,
                     Random& random) {
  Choice choice(dataset, groups, fraction);
  const std::vector<std::size_t> order = random.permutation(groups.size());
  // Whatever fits, in random order; then whatever brings a genre nearer; then, for a genre that has nothing
  // yet because its groups are large, the least harmful one.
  for (const std::size_t group : order)
    if (choice.fits(group)) choice.take(group);
  while (const auto group = best_of(choice, order, [&](std::size_t g) { return choice.change(g) < 0; }))
    choice.take(*group);
  for (std::size_t genre = 0; genre < dataset.genres.size(); ++genre) {
    if (!choice.is_missing(genre)) continue;
    if (const auto group = best_of(choice, order, [&](std::size_t g) { return choice.has(g, genre); }))
      choice.take(*group);
  }
  ClipList chosen;
  for (std::size_t group = 0; group < groups.size(); ++group)
    if (choice.is_taken(group)) chosen.insert(chosen.end(), groups[group].begin(), groups[group].end());
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

std::vector<ClipList> deal_folds(const Dataset& dataset, const std::vector<ClipList>& groups, int folds,
                                 Random& random) {
  std::vector<std::size_t> order = random.permutation(groups.size());
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return groups[a].size() > groups[b].size(); });
  std::vector<ClipList> parts(static_cast<std::size_t>(folds));
  std::vector<Counts> counts(parts.size(), Counts(dataset.genres.size()));
  for (const std::size_t group : order) {
    const Counts size = genre_counts(dataset, groups[group]);
    const auto load = [&](std::size_t part) {
      return std::pair(std::inner_product(size.begin(), size.end(), counts[part].begin(), 0L),
                       parts[part].size());
    };
    std::size_t best = 0;
    for (std::size_t part = 1; part < parts.size(); ++part)
      if (load(part) < load(best)) best = part;
    parts[best].insert(parts[best].end(), groups[group].begin(), groups[group].end());
    std::transform(size.begin(), size.end(), counts[best].begin(), counts[best].begin(), std::plus<>());
  }
  for (ClipList& part : parts) std::sort(part.begin(), part.end());
  return parts;
}

}  // namespace genretrack

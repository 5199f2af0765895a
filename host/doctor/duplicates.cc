#include "host/doctor/duplicates.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "host/core/disjoint_sets.h"
#include "host/dataset/text.h"
#include "host/doctor/clip_findings.h"
#include "host/doctor/same_sound.h"

namespace genretrack {
namespace {

using Indices = std::vector<std::size_t>;
using BestMatches = std::map<std::size_t, SoundMatch>;  // of a clip with an earlier one

class DuplicateFindings {
 public:
  DuplicateFindings(const Dataset& dataset, std::span<const ClipFacts> facts, std::vector<Finding>& findings)
      : dataset_(dataset), facts_(facts), findings_(findings), sets_(facts.size()) {}

  void find(int threads) {
    Indices readable;
    for (std::size_t i = 0; i < facts_.size(); ++i)
      if (facts_[i].error.empty()) readable.push_back(i);
    const Indices files = join_equal(readable, FindingKind::kExactCopy, [&](std::size_t i) {
      return std::pair(facts_[i].file_hash, facts_[i].bytes);
    });
    Indices heard;
    for (const std::size_t i : files)
      if (!is_silent(facts_[i])) heard.push_back(i);
    near(join_equal(heard, FindingKind::kSameSamples,
                    [&](std::size_t i) { return std::pair(facts_[i].sound_hash, facts_[i].signal.frames); }),
         threads);
    labels();
  }

  Indices first_of_sound() {
    Indices first(facts_.size());
    for (std::size_t i = 0; i < first.size(); ++i) first[i] = sets_.first(i);
    return first;
  }

 private:
  // One finding per set of clips with an equal key; returns the first of each set.
  template <class Key>
  Indices join_equal(const Indices& clips, FindingKind kind, const Key& key) {
    std::map<decltype(key(0)), Indices> by_key;
    for (const std::size_t clip : clips) by_key[key(clip)].push_back(clip);
    Indices firsts;
    for (const auto& [unused, equal] : by_key) {
      firsts.push_back(equal[0]);
      for (const std::size_t clip : equal) sets_.join(equal[0], clip);
      if (equal.size() > 1)
        findings_.push_back({kind,
                             Severity::kError,
                             equal,
                             {},
                             kind == FindingKind::kExactCopy
                                 ? fmt::format("equal in all {} bytes", facts_[equal[0]].bytes)
                                 : fmt::format("each decodes to {} samples at {} Hz",
                                               facts_[equal[0]].signal.frames, facts_[equal[0]].sample_rate),
                             static_cast<double>(equal.size())});
    }
    std::sort(firsts.begin(), firsts.end());
    return firsts;
  }

  void near(const Indices& clips, int threads) {
    std::vector<Fingerprint> fingerprints;
    for (const std::size_t clip : clips) fingerprints.push_back(facts_[clip].fingerprint);
    std::vector<SoundMatch> matches = find_same_sounds(fingerprints, threads);
    DisjointSets near_sets(facts_.size());
    BestMatches best;
    for (SoundMatch& match : matches) {
      match.first = clips[match.first];
      match.second = clips[match.second];
      sets_.join(match.first, match.second);
      near_sets.join(match.first, match.second);
      const auto [known, is_new] = best.emplace(match.second, match);
      if (!is_new && known->second.similarity < match.similarity) known->second = match;
    }
    std::map<std::size_t, Indices> members;
    for (const std::size_t clip : clips) members[near_sets.first(clip)].push_back(clip);
    for (const auto& [first, set] : members)
      if (set.size() > 1) findings_.push_back(near_finding(set, best));
  }

  Finding near_finding(const Indices& set, const BestMatches& best) const {
    Finding finding{FindingKind::kNearDuplicate, Severity::kError, set, {}, "", 0};
    for (const std::size_t clip : set) {
      const auto match = best.find(clip);
      if (match == best.end()) continue;  // the first of the set, or of a branch of it
      if (!finding.what.empty()) finding.what += "; ";
      finding.what += text_of(match->second, set.size() == 2);
      finding.strength = std::max(finding.strength, match->second.similarity);
    }
    return finding;
  }

  // Of two clips, "the second" and "the first" need no names; the finding has them.
  std::string text_of(const SoundMatch& match, bool pair) const {
    constexpr double kAtOnce = 0.2;  // seconds
    std::string place = "begins with";
    if (match.shift_seconds > kAtOnce) place = fmt::format("begins {:.1f} s into", match.shift_seconds);
    if (match.shift_seconds < -kAtOnce) place = fmt::format("begins {:.1f} s before", -match.shift_seconds);
    return fmt::format("{} {} {}, {:.1f} s in common, similarity {:.2f}",
                       pair ? "the second" : dataset_.clips[match.second].id, place,
                       pair ? "the first" : dataset_.clips[match.first].id, match.overlap_seconds,
                       match.similarity);
  }

  void labels() {
    std::map<std::size_t, Indices> sets;
    for (std::size_t i = 0; i < facts_.size(); ++i) sets[sets_.first(i)].push_back(i);
    for (const auto& [first, clips] : sets) {
      if (clips.size() < 2) continue;
      std::set<std::string> genres, parts;
      for (const std::size_t clip : clips) {
        genres.insert(dataset_.clips[clip].genre);
        if (!dataset_.clips[clip].part.empty()) parts.insert(dataset_.clips[clip].part);
      }
      if (genres.size() > 1)
        findings_.push_back({FindingKind::kTwoGenres, Severity::kError, clips, {}, listed(genres), 0});
      if (parts.size() > 1)
        findings_.push_back({FindingKind::kSoundInTwoParts, Severity::kError, clips, {}, listed(parts), 0});
    }
  }

  static std::string listed(const std::set<std::string>& words) { return join({words.begin(), words.end()}); }

  const Dataset& dataset_;
  std::span<const ClipFacts> facts_;
  std::vector<Finding>& findings_;
  DisjointSets sets_;  // clips of one sound
};

}  // namespace

std::vector<std::size_t> find_duplicates(const Dataset& dataset, std::span<const ClipFacts> facts,
                                         int threads, std::vector<Finding>& findings) {
  DuplicateFindings duplicates(dataset, facts, findings);
  duplicates.find(threads);
  return duplicates.first_of_sound();
}

}  // namespace genretrack

#include "host/report/comparison_why.h"

#include <algorithm>
#include <cmath>

#include "host/analysis/metrics.h"
#include "host/analysis/sign_flip.h"

namespace genretrack {
namespace {

constexpr std::uint64_t kSeed = 1;
constexpr std::size_t kGenreDraws = 9'999;
constexpr double kSameProbability = 1e-5;  // files hold what single precision gave

double mean_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

// The single run of exactly this transform; nothing where there is none or more than one.
const RunRecord* single_run_of(const std::vector<const RunRecord*>& runs, const std::string& input) {
  const RunRecord* found = nullptr;
  for (const RunRecord* run : runs) {
    if (run->fusion || run->inputs != std::vector<std::string>{input}) continue;
    if (found != nullptr) return nullptr;
    found = run;
  }
  return found;
}

bool same_probabilities(const Predictions& first, const Predictions& second) {
  return std::equal(first.probabilities.begin(), first.probabilities.end(), second.probabilities.begin(),
                    second.probabilities.end(),
                    [](double a, double b) { return std::abs(a - b) <= kSameProbability; });
}

}  // namespace

std::vector<GenreGain> genre_gains(const Predictions& reference, const Predictions& candidate) {
  const std::vector<double> before = hits(reference), after = hits(candidate);
  std::vector<GenreGain> gains(reference.genres.size());
  for (std::size_t genre = 0; genre < gains.size(); ++genre) {
    std::vector<double> differences;
    std::vector<std::string> artists;
    for (std::size_t clip = 0; clip < before.size(); ++clip) {
      if (reference.truth[clip] != genre) continue;
      differences.push_back(after[clip] - before[clip]);
      artists.push_back(reference.artists[clip]);
    }
    GenreGain& gain = gains[genre];
    gain.interval = {-1, 1};
    gain.clips = differences.size();
    if (differences.empty()) continue;
    const SignFlipTest test(group_by_artist(differences, artists), kSeed, kGenreDraws);
    const Interval interval = test.interval(0.05);
    gain.gain = test.mean();
    gain.interval = {std::max(-1.0, interval.low), std::min(1.0, interval.high)};
  }
  return gains;
}

std::vector<ChangedClip> changed_clips(const Predictions& reference, const Predictions& candidate) {
  std::vector<ChangedClip> changed;
  for (std::size_t clip = 0; clip < reference.clips.size(); ++clip) {
    const std::size_t truth = reference.truth[clip], before = predicted_genre(reference, clip),
                      after = predicted_genre(candidate, clip);
    if ((before == truth) == (after == truth)) continue;
    changed.push_back({reference.clips[clip], reference.artists[clip], truth, before, after,
                       reference.probability(clip, truth), candidate.probability(clip, truth)});
  }
  const auto change = [](const ChangedClip& clip) {
    return std::abs(clip.candidate_probability - clip.reference_probability);
  };
  std::stable_sort(changed.begin(), changed.end(),
                   [&](const ChangedClip& a, const ChangedClip& b) { return change(a) > change(b); });
  return changed;
}

std::optional<BranchStudy> study_branches(const std::vector<const RunRecord*>& runs, std::size_t run) {
  const RunRecord& fused = *runs[run];
  if (!fused.fusion) return std::nullopt;
  BranchStudy study;
  study.run = run;
  std::vector<const Predictions*> members;
  if (!fused.branches.empty()) {
    study.own = true;
    for (const BranchRecord& branch : fused.branches) {
      study.names.push_back(branch.name);
      members.push_back(&branch.test);
    }
  } else {
    for (const std::string& input : fused.inputs) {
      const RunRecord* single = single_run_of(runs, input);
      if (single == nullptr) return std::nullopt;
      study.names.push_back(input);
      members.push_back(&single->test);
    }
  }
  if (members.size() < 2) return std::nullopt;
  std::vector<std::vector<double>> right;
  for (const Predictions* member : members) {
    right.push_back(hits(*member));
    study.accuracies.push_back(mean_of(right.back()));
  }
  for (std::size_t first = 0; first < right.size(); ++first)
    for (std::size_t second = first + 1; second < right.size(); ++second)
      study.pairs.push_back(disagreement(right[first], right[second]));
  study.oracle = oracle_accuracy(right);
  // Only what the run itself does is left out: single runs count where their mean is the run.
  if (same_probabilities(mean_of_predictions(members), fused.test)) {
    study.own = true;
    study.left_out = leave_one_out(members);
  }
  return study;
}

}  // namespace genretrack

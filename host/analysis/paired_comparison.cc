#include "host/analysis/paired_comparison.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <thread>

#include "host/analysis/metrics.h"
#include "host/analysis/paired_tests.h"
#include "host/analysis/uncertainty.h"
#include "host/core/error.h"
#include "host/core/run_on_threads.h"

namespace genretrack {
namespace {

void check_same_clips(const Predictions& reference, const Predictions& candidate) {
  if (reference.genres == candidate.genres && reference.clips == candidate.clips &&
      reference.truth == candidate.truth && reference.artists == candidate.artists)
    return;
  throw Error(
      ErrorKind::kData,
      "two runs can be compared only on the same clips with the same genres and artists: use runs of one "
      "split");
}

std::vector<double> differences_of(const std::vector<double>& candidate,
                                   const std::vector<double>& reference) {
  std::vector<double> differences(candidate.size());
  std::transform(candidate.begin(), candidate.end(), reference.begin(), differences.begin(), std::minus<>());
  return differences;
}

PairedComparison count_pairs(const std::vector<double>& reference, const std::vector<double>& candidate) {
  PairedComparison pair;
  pair.clips = reference.size();
  for (std::size_t clip = 0; clip < reference.size(); ++clip) {
    pair.only_candidate += candidate[clip] > reference[clip];
    pair.only_reference += candidate[clip] < reference[clip];
  }
  pair.mcnemar_p = mcnemar_mid_p(pair.only_candidate, pair.only_reference);
  return pair;
}

// work(i) for every i below `count`, on all cores.
template <class Work>
void on_all_cores(std::size_t count, const Work& work) {
  run_on_threads(
      static_cast<int>(std::thread::hardware_concurrency()), count, "run the command again", [] { return 0; },
      [&](int&, std::size_t i) { work(i); }, [](int&) {});
}

}  // namespace

std::vector<PairedComparison> compare_paired(const Predictions& reference,
                                             const std::vector<Predictions>& candidates,
                                             const ComparisonOptions& options) {
  std::vector<PairedComparison> pairs(candidates.size());
  std::vector<double> p_values(candidates.size());
  const std::vector<double> reference_hits = hits(reference);
  const SignSplits splits(group_by_artist(reference_hits, reference.artists).sizes, options.seed,
                          options.draws);
  for (const Predictions& candidate : candidates) check_same_clips(reference, candidate);
  on_all_cores(candidates.size(), [&](std::size_t i) {
    const std::vector<double> candidate_hits = hits(candidates[i]);
    PairedComparison& pair = pairs[i] = count_pairs(reference_hits, candidate_hits);
    const std::vector<double> differences = differences_of(candidate_hits, reference_hits);
    const Groups groups = group_by_artist(differences, reference.artists);
    const SignFlipTest test(groups, splits);
    pair.groups = groups.sums.size();
    pair.unknown_artists = groups.unknown;
    pair.artists_known = groups.unknown < pair.clips;
    pair.gain = test.mean();
    pair.p = p_values[i] = test.p_value();
    pair.exact = test.exact();
    pair.design_effect = design_effect(differences, groups);
  });
  const std::vector<HolmDecision> decisions = holm(p_values, options.alpha);
  on_all_cores(candidates.size(), [&](std::size_t i) {
    PairedComparison& pair = pairs[i];
    pair.adjusted_p = decisions[i].adjusted_p;
    pair.level = decisions[i].level;
    if (decisions[i].rejected) pair.verdict = pair.gain > 0 ? Verdict::kBetter : Verdict::kWorse;
    // The test is made again: all of a thousand candidates at once would take gigabytes.
    const std::vector<double> differences = differences_of(hits(candidates[i]), reference_hits);
    const SignFlipTest test(group_by_artist(differences, reference.artists), splits);
    const Interval interval = test.interval(pair.level);
    pair.interval = {std::max(-1.0, interval.low), std::min(1.0, interval.high)};
    // The most extreme outcome has p = 2 / 2^groups: with fewer groups nothing can be shown at this level.
    if (std::ldexp(1.0, 1 - static_cast<int>(std::min<std::size_t>(pair.groups, 1000))) > pair.level) return;
    pair.smallest_gain = smallest_gain(pair.only_candidate + pair.only_reference, pair.clips,
                                       pair.design_effect, pair.groups, pair.level);
  });
  return pairs;
}

}  // namespace genretrack

#include "host/analysis/selection.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "host/analysis/sign_flip.h"
#include "host/core/error.h"
#include "host/core/random.h"

namespace genretrack {
namespace {

double mean_of(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

// The highest above the mean of all.
double lead_of(const std::vector<double>& means) {
  return *std::max_element(means.begin(), means.end()) - mean_of(means);
}

}  // namespace

Selection selection_of(const std::vector<std::vector<double>>& hits, const std::vector<std::string>& artists,
                       std::uint64_t seed, std::size_t draws) {
  Selection selection;
  selection.candidates = hits.size();
  selection.clips = artists.size();
  for (const std::vector<double>& candidate : hits)
    if (candidate.empty() || candidate.size() != artists.size())
      throw Error(ErrorKind::kData, "candidates can be ranked only on the same clips");
  if (hits.empty()) throw Error(ErrorKind::kData, "there is no candidate to choose from");
  std::vector<Groups> groups;
  std::vector<double> means;
  for (const std::vector<double>& candidate : hits) {
    groups.push_back(group_by_artist(candidate, artists));
    means.push_back(mean_of(candidate));
  }
  const std::vector<double>& sizes = groups.front().sizes;
  selection.groups = sizes.size();
  selection.best = static_cast<std::size_t>(std::max_element(means.begin(), means.end()) - means.begin());
  selection.lead = lead_of(means);
  if (hits.size() < 2 || sizes.size() < 2) return selection;
  const double count = static_cast<double>(sizes.size()), widening = std::sqrt(count / (count - 1));
  Random random(seed, Purpose::kBootstrap);
  std::vector<double> times(sizes.size()), deviations(hits.size());
  std::size_t as_large = 0;
  double sum = 0;
  for (std::size_t draw = 0; draw < draws; ++draw) {
    std::fill(times.begin(), times.end(), 0.0);
    for (std::size_t g = 0; g < times.size(); ++g)
      ++times[random.below(static_cast<std::uint32_t>(times.size()))];
    const double clips = std::inner_product(times.begin(), times.end(), sizes.begin(), 0.0);
    for (std::size_t i = 0; i < hits.size(); ++i) {
      const double drawn =
          std::inner_product(times.begin(), times.end(), groups[i].sums.begin(), 0.0) / clips;
      deviations[i] = widening * (drawn - means[i]);
    }
    const double lead = lead_of(deviations);
    sum += lead;
    as_large += lead >= selection.lead ? 1 : 0;
  }
  selection.expected_lead = sum / static_cast<double>(draws);
  selection.p = static_cast<double>(1 + as_large) / static_cast<double>(1 + draws);
  return selection;
}

}  // namespace genretrack

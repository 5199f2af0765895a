#include "host/trends/backtest.h"

#include <algorithm>
#include <cmath>

#include "host/analysis/paired_tests.h"
#include "host/core/run_on_threads.h"

namespace genretrack {
namespace {

constexpr std::size_t kFirstOrigin = 10, kMostOrigins = 150, kLeastBlocks = 5, kDraws = 19'999;
constexpr std::size_t kLeastErrors = 10;  // before an interval can be made of them
constexpr double kIntervalShare = 0.8;

class GenreForecasts {
 public:
  GenreForecasts(const Eigen::MatrixXd& shares, std::size_t longest) : longest_(longest) {
    const std::size_t periods = static_cast<std::size_t>(shares.rows());
    const std::size_t stride =
        periods > kFirstOrigin + kMostOrigins ? (periods - kFirstOrigin) / kMostOrigins + 1 : 1;
    for (std::size_t origin = kFirstOrigin; origin < periods; origin += stride) origins_.push_back(origin);
    errors_.resize(static_cast<std::size_t>(shares.cols()));
  }

  // All methods from all origins of one genre.
  void fill(const Eigen::MatrixXd& shares, std::size_t genre) {
    const Eigen::VectorXd column = shares.col(static_cast<long>(genre));
    const std::size_t periods = static_cast<std::size_t>(column.size());
    for (const Forecaster forecaster : kForecasters) {
      std::vector<std::vector<double>> by_origin;
      for (const std::size_t origin : origins_) {
        const std::size_t reach = std::min(longest_, periods - origin);
        std::vector<double> errors = forecast(forecaster, {column.data(), origin}, reach);
        for (std::size_t h = 0; h < reach; ++h)
          errors[h] = column(static_cast<long>(origin + h)) - std::clamp(errors[h], 0.0, 1.0);
        by_origin.push_back(std::move(errors));
      }
      errors_[genre].push_back(std::move(by_origin));
    }
  }

  // Origins whose future at `horizon` is known: the first so many.
  std::size_t count(std::size_t horizon) const {
    std::size_t known = 0;
    while (known < origins_.size() && errors_[0][0][known].size() >= horizon) ++known;
    return known;
  }
  std::size_t blocks(std::size_t horizon) const {
    const std::size_t known = count(horizon);
    return known == 0 ? 0 : (origins_[known - 1] - origins_[0]) / horizon + 1;
  }
  std::size_t origin(std::size_t i) const { return origins_[i]; }
  double error(std::size_t genre, Forecaster by, std::size_t i, std::size_t horizon) const {
    return errors_[genre][static_cast<std::size_t>(by)][i][horizon - 1];
  }
  std::size_t genres() const { return errors_.size(); }

 private:
  std::size_t longest_;
  std::vector<std::size_t> origins_;
  std::vector<std::vector<std::vector<std::vector<double>>>> errors_;  // genre, method, origin, step
};

double square(double value) { return value * value; }

// Squared errors of every origin, of one genre or summed over all.
std::vector<double> losses(const GenreForecasts& all, std::optional<std::size_t> genre, Forecaster by,
                           std::size_t horizon) {
  std::vector<double> found(all.count(horizon), 0);
  const std::size_t first = genre.value_or(0), last = genre ? *genre + 1 : all.genres();
  for (std::size_t i = 0; i < found.size(); ++i)
    for (std::size_t g = first; g < last; ++g) found[i] += square(all.error(g, by, i, horizon));
  return found;
}

std::vector<double> reference_losses(const GenreForecasts& all, std::optional<std::size_t> genre,
                                     std::size_t horizon) {
  const std::vector<double> last = losses(all, genre, Forecaster::kLastValue, horizon);
  const std::vector<double> level = losses(all, genre, Forecaster::kLocalLevel, horizon);
  std::vector<double> found;
  double last_sum = 0, level_sum = 0;
  for (std::size_t i = 0, known = 0; i < last.size(); ++i) {
    for (; all.origin(known) + horizon <= all.origin(i); ++known) {
      last_sum += last[known];
      level_sum += level[known];
    }
    found.push_back(last_sum < level_sum ? last[i] : level[i]);
  }
  return found;
}

Skill measure(const GenreForecasts& all, std::optional<std::size_t> genre, Forecaster by, std::size_t horizon,
              std::uint64_t seed) {
  Skill skill{by, horizon, genre, all.count(horizon), all.blocks(horizon), 0, 1, 1, false};
  const std::vector<double> own = losses(all, genre, by, horizon),
                            reference = reference_losses(all, genre, horizon);
  double own_sum = 0, reference_sum = 0;
  Groups blocks;
  blocks.sums.assign(skill.blocks, 0);
  blocks.sizes.assign(skill.blocks, 0);
  for (std::size_t i = 0; i < own.size(); ++i) {
    const std::size_t block = (all.origin(i) - all.origin(0)) / horizon;
    blocks.sums[block] += reference[i] - own[i];
    blocks.sizes[block] += 1;
    own_sum += own[i];
    reference_sum += reference[i];
  }
  if (reference_sum > 0) skill.skill = 1 - own_sum / reference_sum;
  // Signs are symmetric, so the one-sided p-value of a gain is half of the two-sided one.
  if (skill.skill > 0) skill.p = SignFlipTest(blocks, seed, kDraws).p_value() / 2;
  return skill;
}

void correct(std::vector<Skill>& family, double level) {
  std::vector<double> p;
  for (const Skill& skill : family) p.push_back(skill.p);
  const std::vector<HolmDecision> decisions = holm(p, level);
  for (std::size_t i = 0; i < family.size(); ++i) {
    family[i].adjusted_p = decisions[i].adjusted_p;
    family[i].shown = decisions[i].rejected;
  }
}

// Half the width that holds a share of errors like these: the conformal quantile (Vovk, Gammerman and Shafer
// 2005).
double half_width(std::vector<double> sizes) {
  std::sort(sizes.begin(), sizes.end());
  const double rank = std::ceil(kIntervalShare * static_cast<double>(sizes.size() + 1));
  return sizes[std::min(sizes.size(), static_cast<std::size_t>(rank)) - 1];
}

ForecastPath path_of(const GenreForecasts& all, const Eigen::MatrixXd& shares, std::size_t genre,
                     Forecaster by, std::size_t horizon) {
  const Eigen::VectorXd column = shares.col(static_cast<long>(genre));
  ForecastPath path{
      genre, by, forecast(by, {column.data(), static_cast<std::size_t>(column.size())}, horizon), {}, {}};
  std::size_t tried = 0, held = 0;
  for (std::size_t h = 1; h <= horizon; ++h) {
    std::vector<double> sizes;
    for (std::size_t i = 0, known = 0; i < all.count(h); ++i) {
      std::vector<double> before;
      for (known = 0; known < i && all.origin(known) + h <= all.origin(i); ++known)
        before.push_back(std::abs(all.error(genre, by, known, h)));
      sizes.push_back(std::abs(all.error(genre, by, i, h)));
      if (before.size() < kLeastErrors) continue;
      ++tried;
      held += sizes.back() <= half_width(before);
    }
    double& value = path.values[h - 1];
    value = std::clamp(value, 0.0, 1.0);
    const double half = half_width(sizes);
    path.intervals.push_back({std::max(0.0, value - half), std::min(1.0, value + half)});
  }
  if (tried > 0) path.coverage = static_cast<double>(held) / static_cast<double>(tried);
  return path;
}

// The method with the most skill at the farthest horizon at which any showed some.
const Skill* best_of(const std::vector<Skill>& family, std::optional<std::size_t> genre) {
  const Skill* best = nullptr;
  for (const Skill& skill : family)
    if (skill.shown && skill.genre == genre &&
        (best == nullptr || skill.horizon > best->horizon ||
         (skill.horizon == best->horizon && skill.skill > best->skill)))
      best = &skill;
  return best;
}

}  // namespace

Backtest run_backtest(const Eigen::MatrixXd& shares, const BacktestOptions& options) {
  Backtest test;
  const std::size_t longest = *std::max_element(options.horizons.begin(), options.horizons.end());
  if (shares.rows() <= static_cast<long>(kFirstOrigin)) {
    test.horizons_left_out = options.horizons;
    return test;
  }
  GenreForecasts all(shares, longest);
  run_on_threads(
      options.threads, static_cast<std::size_t>(shares.cols()), "nothing is kept; run it again",
      [] { return 0; }, [&](int&, std::size_t genre) { all.fill(shares, genre); }, [](int&) {});
  for (const std::size_t horizon : options.horizons)
    (all.blocks(horizon) >= kLeastBlocks ? test.horizons : test.horizons_left_out).push_back(horizon);
  for (std::size_t method = kReferences; method < kForecasters.size(); ++method)
    for (const std::size_t horizon : test.horizons) {
      test.overall.push_back(measure(all, std::nullopt, kForecasters[method], horizon, options.seed));
      for (std::size_t genre = 0; genre < all.genres(); ++genre)
        test.by_genre.push_back(measure(all, genre, kForecasters[method], horizon, options.seed));
    }
  correct(test.overall, options.level / 2);
  correct(test.by_genre, options.level / 2);
  const Skill* overall = best_of(test.overall, std::nullopt);
  for (std::size_t genre = 0; genre < all.genres(); ++genre) {
    const Skill* own = best_of(test.by_genre, genre);
    if (own == nullptr) own = overall;
    if (own != nullptr) test.paths.push_back(path_of(all, shares, genre, own->forecaster, own->horizon));
  }
  return test;
}

}  // namespace genretrack

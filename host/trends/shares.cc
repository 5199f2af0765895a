#include "host/trends/shares.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "host/core/run_on_threads.h"
#include "host/trends/share_estimator.h"
#include "host/trends/simplex_fit.h"

namespace genretrack {
namespace {

class Estimator {
 public:
  Estimator(const SongTable& songs, const Periods& periods, const SongTable* labelled, std::uint64_t seed)
      : songs_(songs), periods_(periods), seed_(seed) {
    std::vector<std::size_t> all(songs.seeds);
    std::iota(all.begin(), all.end(), std::size_t{0});
    for (std::size_t i = 0; i < periods.periods.size(); ++i)
      observed_.push_back(gather(songs, periods, i, all));
    if (labelled == nullptr) return;
    clips_ = sort_labelled(*labelled);
    fit_ = fit_labelled(*clips_, Eigen::VectorXd::Ones(clips_->probabilities.rows()), {});
  }

  struct Point {
    Eigen::MatrixXd plain, adjusted, em;  // (genres, periods)
  };

  const LabelledFit& fit() const { return fit_; }

  Point observed() const {
    Point point = empty();
    Likelihoods scratch;
    for (std::size_t i = 0; i < observed_.size(); ++i) {
      const Eigen::VectorXd flat =
          Eigen::VectorXd::Constant(point.plain.rows(), 1.0 / static_cast<double>(point.plain.rows()));
      estimate(observed_[i], observed_[i].weights, fit_, flat, 1e-6, static_cast<long>(i), scratch, point);
    }
    return point;
  }

  // The EM starts from `near`, a little inside the simplex, since it cannot leave a zero.
  Point draw(std::size_t number, const Point& near, Likelihoods& scratch) const {
    Random random(seed_, Purpose::kBootstrap, number);
    const LabelledFit fit = draw_labelled(random);
    const std::vector<std::size_t> seeds = draw_seeds(random);
    Point point = empty();
    for (std::size_t i = 0; i < observed_.size(); ++i) {
      std::vector<float> weights(observed_[i].weights.size(), 0);
      draw_groups(observed_[i].artists, random, weights);
      for (std::size_t song = 0; song < weights.size(); ++song) weights[song] *= observed_[i].weights[song];
      Eigen::VectorXd start;
      if (clips_)
        start =
            (0.99 * near.em.col(static_cast<long>(i))).array() + 0.01 / static_cast<double>(near.em.rows());
      if (songs_.seeds == 1)
        estimate(observed_[i], weights, fit, start, 1e-5, static_cast<long>(i), scratch, point);
      else
        estimate(gather(songs_, periods_, i, seeds), weights, fit, start, 1e-5, static_cast<long>(i), scratch,
                 point);
    }
    return point;
  }

 private:
  Point empty() const {
    const Eigen::MatrixXd zero =
        Eigen::MatrixXd::Zero(static_cast<long>(songs_.genres.size()), static_cast<long>(observed_.size()));
    return {zero, zero, zero};
  }

  void estimate(const PeriodSongs& songs, const std::vector<float>& weights, const LabelledFit& fit,
                const Eigen::VectorXd& start, double tolerance, long period, Likelihoods& scratch,
                Point& point) const {
    point.plain.col(period) = plain_shares(songs, weights);
    if (!clips_) return;
    point.adjusted.col(period) = fit_on_simplex(fit.mean_probabilities, point.plain.col(period));
    point.em.col(period) = em_shares(songs, weights, fit.calibration, start, tolerance, scratch);
  }

  LabelledFit draw_labelled(Random& random) const {
    if (!clips_) return {};
    Eigen::VectorXd weights = Eigen::VectorXd::Zero(clips_->probabilities.rows());
    for (const Runs& artists : clips_->artists) draw_groups(artists, random, weights);
    return fit_labelled(*clips_, weights, fit_.calibration);
  }

  std::vector<std::size_t> draw_seeds(Random& random) const {
    std::vector<std::size_t> seeds(std::max<std::size_t>(1, songs_.seeds - 1), 0);
    if (songs_.seeds > 1)
      for (std::size_t& seed : seeds) seed = random.below(static_cast<std::uint32_t>(songs_.seeds));
    return seeds;
  }

  const SongTable& songs_;
  const Periods& periods_;
  std::uint64_t seed_;
  std::vector<PeriodSongs> observed_;
  std::optional<LabelledClips> clips_;
  LabelledFit fit_;
};

// Percentiles of the draws, by period and genre.
void fill_intervals(ShareSeries& series, std::size_t draws, double level) {
  const std::size_t cells = series.values.size();
  series.low = series.high = series.values;
  if (draws == 0) return;
  std::vector<float> column(draws);
  for (std::size_t cell = 0; cell < cells; ++cell) {
    for (std::size_t draw = 0; draw < draws; ++draw) column[draw] = series.draws[draw * cells + cell];
    std::sort(column.begin(), column.end());
    const double last = static_cast<double>(draws - 1);
    series.low[cell] = column[static_cast<std::size_t>(std::floor(level / 2 * last))];
    series.high[cell] = column[static_cast<std::size_t>(std::ceil((1 - level / 2) * last))];
  }
}

ShareSeries start_series(const Eigen::MatrixXd& values, std::size_t draws) {
  ShareSeries series;
  series.values.assign(values.data(), values.data() + values.size());
  series.draws.resize(draws * series.values.size());
  return series;
}

void store(const Eigen::MatrixXd& values, std::size_t draw, ShareSeries& series) {
  std::transform(values.data(), values.data() + values.size(),
                 series.draws.begin() + static_cast<long>(draw * series.values.size()),
                 [](double value) { return static_cast<float>(value); });
}

std::vector<std::size_t> count_most_probable(const SongTable& songs) {
  std::vector<std::size_t> counts(songs.genres.size(), 0);
  for (std::size_t song = 0; song < songs.songs(); ++song) {
    std::vector<float> sum(songs.genres.size(), 0);
    for (std::size_t seed = 0; seed < songs.seeds; ++seed)
      for (std::size_t genre = 0; genre < sum.size(); ++genre) sum[genre] += songs.row(song, seed)[genre];
    ++counts[static_cast<std::size_t>(std::max_element(sum.begin(), sum.end()) - sum.begin())];
  }
  return counts;
}

}  // namespace

Shares estimate_shares(const SongTable& songs, Periods periods, const SongTable* labelled,
                       const ShareOptions& options) {
  Shares shares;
  shares.genres = songs.genres;
  shares.periods = std::move(periods);
  shares.draws = options.draws;
  shares.seeds = songs.seeds;
  shares.most_probable = count_most_probable(songs);
  const Estimator estimator(songs, shares.periods, labelled, options.seed);
  const Estimator::Point observed = estimator.observed();
  shares.plain = start_series(observed.plain, options.draws);
  if (labelled != nullptr) {
    shares.labelled = labelled->songs();
    shares.calibration_exponent = estimator.fit().calibration.exponent;
    shares.adjusted = start_series(observed.adjusted, options.draws);
    shares.em = start_series(observed.em, options.draws);
  }
  run_on_threads(
      options.threads, options.draws, "nothing is kept; run it again", [] { return Likelihoods(); },
      [&](Likelihoods& scratch, std::size_t draw) {
        const Estimator::Point point = estimator.draw(draw, observed, scratch);
        store(point.plain, draw, shares.plain);
        if (shares.adjusted) store(point.adjusted, draw, *shares.adjusted);
        if (shares.em) store(point.em, draw, *shares.em);
      },
      [](Likelihoods&) {});
  fill_intervals(shares.plain, options.draws, options.level);
  if (shares.adjusted) fill_intervals(*shares.adjusted, options.draws, options.level);
  if (shares.em) fill_intervals(*shares.em, options.draws, options.level);
  return shares;
}

}  // namespace genretrack

// Does one genre move before another?
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <vector>

namespace genretrack {

// Centred log-ratios of shares that `alpha` songs of every genre were added to, so that no share is zero:
// (periods, genres).
Eigen::MatrixXd smoothed_log_ratios(const Eigen::MatrixXd& shares, const std::vector<double>& songs,
                                    double alpha);

struct LeadLag {
  std::size_t leader = 0, follower = 0;  // columns
  std::size_t lag = 0;                   // periods
  double strength = 0;                   // correlation at the lag less that at the reverse lag
  double p = 1;                          // of the maximum over all pairs and lags
};

inline constexpr std::size_t kLeastForLeadLag = 30;  // periods

// Correlations of changes (first differences of `log_ratios`) at lags of 1 to 5 periods (1 at 30 periods, 5
// from 46 on), less the same at the reversed lag: sampling error and the closure of shares correlate
// neighbouring changes of any two genres, but alike in both directions, and drop out. Null: one of each pair
// is shifted in a circle by every amount beyond the lags, which keeps its memory and breaks what binds the
// two; p is the chance that any of the pairs is as strong at any lag, all shifts of all pairs taken together.
// (A maximum over pairs of drawn shifts would be a little too small: there are few shifts.) Returned are the
// strongest pairs with p up to `level`, at most one per pair of genres; the strongest of all is always the
// first. Nothing where there are fewer than kLeastForLeadLag periods or two genres.
std::vector<LeadLag> test_lead_lag(const Eigen::MatrixXd& log_ratios, double level);

}  // namespace genretrack

#include "host/trends/lead_lag.h"

#include <algorithm>
#include <cmath>

#include "host/trends/series.h"

namespace genretrack {
namespace {

// Fewer turns of a pair could not show anything at 5 %.
constexpr long kLeastTurns = 24;

// Changes of each genre, centred, of unit length: (changes, genres). A genre that never moves stays zero.
Eigen::MatrixXd unit_changes(const Eigen::MatrixXd& log_ratios) {
  const long count = log_ratios.rows() - 1;
  Eigen::MatrixXd changes = log_ratios.bottomRows(count) - log_ratios.topRows(count);
  changes.rowwise() -= changes.colwise().mean();
  for (long genre = 0; genre < changes.cols(); ++genre)
    if (changes.col(genre).norm() > 1e-9) changes.col(genre).normalize();
  return changes;
}

// Correlation at a lag of a before b less that of b before a.
double asymmetry_of(const Eigen::VectorXd& a, const Eigen::VectorXd& b, long lag) {
  const long left = a.size() - lag;
  return a.head(left).dot(b.tail(left)) - b.head(left).dot(a.tail(left));
}

// The largest asymmetry over lags of one pair after every turn of the second in a circle by more than twice
// the lags that are looked at, so that what is tested is not among the surrogates.
void add_turned(const Eigen::VectorXd& a, const Eigen::VectorXd& b, long most_lag,
                std::vector<double>& null) {
  const long count = a.size();
  Eigen::VectorXd turned(count);
  for (long by = 2 * most_lag + 1; by < count - 2 * most_lag; ++by) {
    turned.head(by) = b.tail(by);
    turned.tail(count - by) = b.head(count - by);
    double found = 0;
    for (long lag = 1; lag <= most_lag; ++lag)
      found = std::max(found, std::abs(asymmetry_of(a, turned, lag)));
    null.push_back(found);
  }
}

}  // namespace

Eigen::MatrixXd smoothed_log_ratios(const Eigen::MatrixXd& shares, const std::vector<double>& songs,
                                    double alpha) {
  Eigen::MatrixXd logs(shares.rows(), shares.cols());
  for (long row = 0; row < shares.rows(); ++row) {
    const double count = songs[static_cast<std::size_t>(row)];
    logs.row(row) =
        ((shares.row(row).array() * count + alpha) / (count + alpha * static_cast<double>(shares.cols())))
            .log();
    logs.row(row).array() -= logs.row(row).mean();
  }
  return logs;
}

std::vector<LeadLag> test_lead_lag(const Eigen::MatrixXd& log_ratios, double level) {
  if (log_ratios.rows() < static_cast<long>(kLeastForLeadLag) || log_ratios.cols() < 2) return {};
  const Eigen::MatrixXd changes = unit_changes(log_ratios);
  const long most_lag = std::min(5L, (changes.rows() - kLeastTurns - 1) / 4);
  std::vector<double> null;
  std::vector<LeadLag> found;
  for (long a = 0; a < changes.cols(); ++a)
    for (long b = 0; b < a; ++b) {
      add_turned(changes.col(a), changes.col(b), most_lag, null);
      LeadLag best;
      for (long lag = 1; lag <= most_lag; ++lag) {
        const double value = asymmetry_of(changes.col(a), changes.col(b), lag);
        if (std::abs(value) <= best.strength) continue;
        best = {static_cast<std::size_t>(value > 0 ? a : b), static_cast<std::size_t>(value > 0 ? b : a),
                static_cast<std::size_t>(lag), std::abs(value), 1};
      }
      if (best.strength > 0) found.push_back(best);
    }
  const double pairs = static_cast<double>(changes.cols() * (changes.cols() - 1) / 2);
  for (LeadLag& pair : found) pair.p = 1 - std::pow(1 - p_of_rank(pair.strength, null), pairs);
  std::stable_sort(found.begin(), found.end(),
                   [](const LeadLag& x, const LeadLag& y) { return x.strength > y.strength; });
  while (found.size() > 1 && found.back().p > level) found.pop_back();
  return found;
}

}  // namespace genretrack

#include "host/trends/share_noise.h"

#include <Eigen/Dense>
#include <cmath>

namespace genretrack {

Eigen::MatrixXd smooth_curves(const std::vector<double>& times) {
  const long n = static_cast<long>(times.size()), degree = n < 20 ? 2 : 3;
  Eigen::VectorXd time = Eigen::Map<const Eigen::VectorXd>(times.data(), n);
  time.array() -= (time.maxCoeff() + time.minCoeff()) / 2;
  time /= std::max(time.cwiseAbs().maxCoeff(), 1e-9);
  Eigen::MatrixXd powers = Eigen::MatrixXd::Ones(n, degree + 1);
  for (long k = 1; k <= degree; ++k) powers.col(k) = powers.col(k - 1).cwiseProduct(time);
  const Eigen::HouseholderQR<Eigen::MatrixXd> qr(powers);
  return qr.householderQ() * Eigen::MatrixXd::Identity(n, degree + 1);
}

ShareNoise::ShareNoise(const Eigen::MatrixXd& rows, const std::vector<Eigen::MatrixXd>& deviations,
                       const std::vector<double>& times, const std::vector<int>& gaps)
    : deviations_(deviations) {
  const Eigen::MatrixXd basis = smooth_curves(times);
  curves_ = basis * (basis.transpose() * rows);
  const Eigen::MatrixXd rest = rows - curves_;
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(rest.transpose() * rest);
  // Components that hold next to nothing (shares sum to one, so one of them must) are left out.
  const double largest = solver.eigenvalues().maxCoeff();
  std::vector<long> kept;
  for (long i = 0; i < rows.cols(); ++i)
    if (solver.eigenvalues()(i) > 1e-6 * largest) kept.push_back(i);
  components_.resize(rows.cols(), static_cast<long>(kept.size()));
  for (std::size_t k = 0; k < kept.size(); ++k) {
    const Eigen::VectorXd direction = solver.eigenvectors().col(kept[k]);
    components_.col(static_cast<long>(k)) = direction;
    const Eigen::VectorXd values = rest * direction;
    Eigen::VectorXd squares = Eigen::VectorXd::Zero(rows.rows());
    for (const Eigen::MatrixXd& deviation : deviations) squares += (deviation * direction).cwiseAbs2();
    if (!deviations.empty()) squares /= static_cast<double>(deviations.size());
    const Eigen::VectorXd errors = squares.cwiseSqrt();
    noises_.emplace_back(Series{{values.data(), values.data() + values.size()},
                                {errors.data(), errors.data() + errors.size()},
                                times,
                                gaps},
                         RedNoise::Mean::kLine);
  }
}

Eigen::MatrixXd ShareNoise::draw(Random& random) const {
  Eigen::MatrixXd drawn = curves_;
  for (std::size_t k = 0; k < noises_.size(); ++k) {
    const std::vector<double> values = noises_[k].draw_without_sampling(random);
    drawn += Eigen::Map<const Eigen::VectorXd>(values.data(), drawn.rows()) *
             components_.col(static_cast<long>(k)).transpose();
  }
  if (!deviations_.empty())
    for (long row = 0; row < drawn.rows(); ++row)
      drawn.row(row) += deviations_[random.below(static_cast<std::uint32_t>(deviations_.size()))].row(row);
  return drawn;
}

}  // namespace genretrack

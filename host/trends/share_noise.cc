#include "host/trends/share_noise.h"

#include <Eigen/Eigenvalues>
#include <cmath>

namespace genretrack {

ShareNoise::ShareNoise(const Eigen::MatrixXd& rows, const std::vector<Eigen::MatrixXd>& deviations,
                       const std::vector<double>& times, const std::vector<int>& gaps)
    : lines_(rows.rows(), rows.cols()), deviations_(deviations) {
  for (long column = 0; column < rows.cols(); ++column) {
    const Eigen::VectorXd values = rows.col(column);
    const Line line = least_squares_line(times, {values.data(), values.data() + values.size()});
    for (long row = 0; row < rows.rows(); ++row)
      lines_(row, column) = line.at(times[static_cast<std::size_t>(row)]);
  }
  const Eigen::MatrixXd rest = rows - lines_;
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
    const Eigen::VectorXd values = rows * direction;
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
  Eigen::MatrixXd drawn = lines_;
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

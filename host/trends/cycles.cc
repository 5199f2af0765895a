#include "host/trends/cycles.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "host/trends/red_noise.h"

namespace genretrack {

Periodogram::Periodogram(const std::vector<double>& times, const std::vector<double>& angular_frequencies)
    : count_(times.size()) {
  for (const double frequency : angular_frequencies) {
    double sine = 0, cosine = 0;
    for (const double time : times) {
      sine += std::sin(2 * frequency * time);
      cosine += std::cos(2 * frequency * time);
    }
    // The shift that makes the two waves orthogonal on these times.
    const double shift = std::atan2(sine, cosine) / (2 * frequency);
    double cosine_square = 0, sine_square = 0;
    for (const double time : times) {
      cosine_square += std::pow(std::cos(frequency * (time - shift)), 2);
      sine_square += std::pow(std::sin(frequency * (time - shift)), 2);
    }
    for (const double time : times) {
      cosines_.push_back(std::cos(frequency * (time - shift)) / std::sqrt(2 * cosine_square));
      sines_.push_back(std::sin(frequency * (time - shift)) / std::sqrt(2 * std::max(sine_square, 1e-12)));
    }
  }
}

std::vector<double> Periodogram::power(const std::vector<double>& values) const {
  std::vector<double> powers;
  for (std::size_t row = 0; row < cosines_.size(); row += count_) {
    double cosine = 0, sine = 0;
    for (std::size_t i = 0; i < count_; ++i) {
      cosine += values[i] * cosines_[row + i];
      sine += values[i] * sines_[row + i];
    }
    powers.push_back(cosine * cosine + sine * sine);
  }
  return powers;
}

CycleTest test_cycle(const Series& series, double step_years, std::size_t surrogates, std::uint64_t seed,
                     std::uint64_t stream) {
  const double span = series.times.back() - series.times.front() + step_years;
  std::vector<double> frequencies;  // twice as dense as independent ones
  for (double cycles = 2; cycles <= span / (2.5 * step_years); cycles += 0.5)
    frequencies.push_back(2 * std::numbers::pi * cycles / span);
  CycleTest test;
  if (frequencies.empty()) return test;
  const Periodogram periodogram(series.times, frequencies);
  // Shares of the variance around a line: the scale of the noise is not known, and drops out.
  const auto shares_of = [&](const std::vector<double>& values) {
    const std::vector<double> rest = without_line(series.times, values);
    std::vector<double> powers = periodogram.power(rest);
    const double all = std::inner_product(rest.begin(), rest.end(), rest.begin(), 1e-300);
    for (double& power : powers) power /= all;
    return powers;
  };
  const std::vector<double> observed = shares_of(series.values);
  const RedNoise noise(series, RedNoise::Mean::kLine);
  Random random(seed, Purpose::kSurrogate, stream);
  std::vector<std::vector<double>> null;
  std::vector<double> mean(frequencies.size(), 0);
  for (std::size_t i = 0; i < surrogates; ++i) {
    null.push_back(shares_of(noise.draw(random)));
    for (std::size_t f = 0; f < mean.size(); ++f) mean[f] += null.back()[f] / static_cast<double>(surrogates);
  }
  const auto highest = [&](const std::vector<double>& powers) {
    std::size_t best = 0;
    for (std::size_t f = 1; f < powers.size(); ++f)
      if (powers[f] / mean[f] > powers[best] / mean[best]) best = f;
    return best;
  };
  std::vector<double> maxima;
  for (const std::vector<double>& powers : null) {
    const std::size_t best = highest(powers);
    maxima.push_back(powers[best] / mean[best]);
  }
  const std::size_t best = highest(observed);
  test.p = p_of_rank(observed[best] / mean[best], maxima);
  test.years = 2 * std::numbers::pi / frequencies[best];
  // Power is a quarter of n times the squared amplitude of a pure wave.
  const double power = periodogram.power(without_line(series.times, series.values))[best];
  test.amplitude = 2 * std::sqrt(power / static_cast<double>(series.size()));
  return test;
}

}  // namespace genretrack

#include "host/trends/trend_test.h"

#include <cmath>

#include "host/trends/rank_trend.h"
#include "host/trends/red_noise.h"

namespace genretrack {

TrendTest test_trend(const Series& series, double level, std::size_t surrogates, std::uint64_t seed,
                     std::uint64_t stream) {
  const RedNoise noise(series, RedNoise::Mean::kLine);
  Random random(seed, Purpose::kSurrogate, stream);
  TrendTest test;
  test.slope = sen_slope(series.times, series.values);
  std::vector<double> null;
  null.reserve(surrogates);
  for (std::size_t i = 0; i < surrogates; ++i)
    null.push_back(std::abs(sen_slope(series.times, noise.draw(random))));
  test.p = p_of_rank(std::abs(test.slope), null);
  const double half = upper_quantile(null, level);
  test.interval = {test.slope - half, test.slope + half};
  test.hamed_rao_p = mann_kendall_hamed_rao(series.values).p;
  test.autocorrelation = noise.autocorrelation();
  test.deviation = noise.deviation();
  test.whiteness_p = noise.whiteness_p();
  return test;
}

}  // namespace genretrack

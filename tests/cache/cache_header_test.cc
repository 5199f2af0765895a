#include "host/cache/cache_header.h"

#include <gtest/gtest.h>

#include "host/core/error.h"

namespace genretrack {
namespace {

TEST(CacheHeader, ParametersComeBackFromTheirText) {
  FeatureParams params;
  params.n_fft = 1024;
  params.deltas = 2;
  EXPECT_EQ(params_of_text(params_text(params)), params);
}

TEST(CacheHeader, RefusesNumbersThatNoParameterHolds) {
  const std::string good = params_text({});
  for (const char* number : {"2.2e51", "-1", "22050.5", "18446744073709551615", "\"22050\"", "null"}) {
    for (const char* key : {"sample_rate", "n_fft", "hop_length", "n_mels", "n_mfcc", "deltas"}) {
      std::string bad = good;
      const std::size_t at = bad.find(std::string("\"") + key + "\":") + std::string(key).size() + 3;
      bad.replace(at, bad.find_first_of(",}", at) - at, number);
      EXPECT_THROW(params_of_text(bad), Error) << bad;
    }
  }
}

}  // namespace
}  // namespace genretrack

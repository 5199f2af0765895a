// Running medians of 31 in SIMD lanes.
#include "host/cpu/features/sorted_blocks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <vector>

#include "tests/reference/dsp_signals.h"

namespace genretrack::testing {
namespace {

TEST(MedianNetwork, FindsTheMiddleOf31) {
  reference::Generator random(3);
  for (int round = 0; round < 200; ++round) {
    SortedBlock<4> blocks[3];
    std::array<std::array<float, 48>, 4> values{};
    for (std::size_t i = 0; i < 48; ++i)
      for (std::size_t lane = 0; lane < 4; ++lane) {  // many equal ones in every other round
        values[lane][i] = float(random.next() >> (round % 2 ? 29 : 8));
        blocks[i / 16].one[i % 16][lane] = values[lane][i];
      }
    for (auto& block : blocks) MedianNetwork<4>::sort_runs(block);
    Lanes<4>::V medians[16];
    MedianNetwork<4>::medians(blocks[0], blocks[1], blocks[2], medians);
    for (std::size_t place = 0; place < 16; ++place)
      for (std::size_t lane = 0; lane < 4; ++lane) {
        auto window = std::vector(values[lane].begin() + std::ptrdiff_t(place) + 1,
                                  values[lane].begin() + std::ptrdiff_t(place) + 32);
        std::nth_element(window.begin(), window.begin() + 15, window.end());
        ASSERT_EQ(medians[place][lane], window[15]) << "place " << place;
      }
  }
}

}  // namespace
}  // namespace genretrack::testing

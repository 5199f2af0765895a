// Drawing with replacement, whole groups at a time.
#pragma once

#include <cstddef>
#include <vector>

#include "host/core/random.h"

namespace genretrack {

// Groups of neighbouring items: group i holds the items from starts[i] to starts[i + 1].
struct Runs {
  std::vector<std::size_t> starts;
  std::size_t count() const { return starts.size() - 1; }
};

// How often each item is drawn, added to `counts`, which has a place per item, when one group less than there
// are is drawn. A single group is drawn once.
template <class Counts>
void draw_groups(const Runs& runs, Random& random, Counts& counts) {
  const std::size_t groups = runs.count(), draws = groups > 1 ? groups - 1 : 1;
  for (std::size_t draw = 0; draw < draws; ++draw) {
    const std::size_t group = random.below(static_cast<std::uint32_t>(groups));
    for (std::size_t item = runs.starts[group]; item < runs.starts[group + 1]; ++item) counts[item] += 1;
  }
}

}  // namespace genretrack

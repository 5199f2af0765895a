// XXH3 with the widest instructions that this processor has. Include this instead of <xxhash.h>.
#pragma once

#include <xxhash.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <span>

// Its names replace those above. docs/performance.md says what that gains.
#ifdef GENRETRACK_XXH_DISPATCH
#include <xxh_x86dispatch.h>
#endif

namespace genretrack {

// The 64-bit hash of bytes that come in pieces; the same as XXH3_64bits() of all of them.
class Xxh3 {
 public:
  explicit Xxh3(std::uint64_t seed = 0) : state_(XXH3_createState()) {
    if (!state_) throw std::bad_alloc();
    XXH3_64bits_reset_withSeed(state_.get(), seed);
  }
  template <class T>
  void update(std::span<T> values) {
    XXH3_64bits_update(state_.get(), values.data(), values.size_bytes());
  }
  std::uint64_t digest() const { return XXH3_64bits_digest(state_.get()); }

 private:
  struct Free {
    void operator()(XXH3_state_t* state) const { XXH3_freeState(state); }
  };
  std::unique_ptr<XXH3_state_t, Free> state_;
};

}  // namespace genretrack

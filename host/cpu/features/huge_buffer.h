#pragma once

#include <cstddef>

namespace genretrack {

// Zeroed floats on huge pages where the system has them: rows of a clip lie far apart, and small pages would
// miss the translation buffer on each of them. Throws std::bad_alloc.
class HugeBuffer {
 public:
  explicit HugeBuffer(std::size_t floats);
  ~HugeBuffer();
  HugeBuffer(const HugeBuffer&) = delete;
  HugeBuffer& operator=(const HugeBuffer&) = delete;
  float* data() { return data_; }

 private:
  float* data_;
};

}  // namespace genretrack

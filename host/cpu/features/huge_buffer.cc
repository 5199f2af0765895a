#include "host/cpu/features/huge_buffer.h"

#include <sys/mman.h>

#include <cstdlib>
#include <cstring>
#include <new>

namespace genretrack {

HugeBuffer::HugeBuffer(std::size_t floats) {
  constexpr std::size_t kHugePage = std::size_t{2} << 20;
  const std::size_t bytes = (floats * sizeof(float) + kHugePage - 1) / kHugePage * kHugePage;
  data_ = static_cast<float*>(std::aligned_alloc(kHugePage, bytes));
  if (data_ == nullptr) throw std::bad_alloc();
  madvise(data_, bytes, MADV_HUGEPAGE);  // a wish: small pages compute the same
  std::memset(data_, 0, bytes);
}

HugeBuffer::~HugeBuffer() { std::free(data_); }

}  // namespace genretrack

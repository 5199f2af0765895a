// Grids of kernels that give one thread to each of many elements.
#pragma once

#include "cuda/core/launch.cuh"

namespace genretrack {

inline constexpr int kBlock = 256;

// Enough blocks of kBlock threads for `count` elements.
inline LaunchShape each_element(std::size_t count, cudaStream_t stream, const char* what) {
  return {dim3(static_cast<unsigned>((count + kBlock - 1) / kBlock)), dim3(kBlock), 0, stream, what};
}

// The element of this thread; it may lie behind the last one.
__device__ inline std::size_t element_of_thread() {
  return static_cast<std::size_t>(blockIdx.x) * kBlock + threadIdx.x;
}

// Blocks of 32 columns and eight rows of threads: what reduces a matrix (rows, columns) column by column
// reads whole lines of memory. Thread x is a column, y one of the rows that are read side by side.
inline constexpr int kTileColumns = 32, kTileRows = 8;
inline dim3 tile_block() { return dim3(kTileColumns, kTileRows); }
inline unsigned column_tiles(int columns) {
  return static_cast<unsigned>((columns + kTileColumns - 1) / kTileColumns);
}

// The sum over the rows of threads of a tile, for its row 0; in a fixed order, so that it repeats bit for
// bit. Every thread of the block takes part. `sums` is shared, (kTileRows, kTileColumns).
template <class T>
__device__ inline T sum_of_rows(T value, T* sums) {
  const int x = static_cast<int>(threadIdx.x), y = static_cast<int>(threadIdx.y);
  __syncthreads();  // `sums` may still be read
  sums[y * kTileColumns + x] = value;
  __syncthreads();
  T sum = 0;
  if (y == 0)
    for (int row = 0; row < kTileRows; ++row) sum += sums[row * kTileColumns + x];
  return sum;
}

}  // namespace genretrack

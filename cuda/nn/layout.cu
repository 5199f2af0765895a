#include "cuda/core/grid.cuh"
#include "cuda/nn/layout.h"

namespace genretrack::cuda {
namespace {

// Grid (B / 32, A / 32, outer), tiles: a square of 32 x 32 goes through shared memory, so that both sides are
// read and written in whole lines. A column of padding keeps its columns in different banks.
__global__ void swap_inner_kernel(const float* from, float* to, std::size_t outer, int a, int b) {
  __shared__ float square[kTileColumns][kTileColumns + 1];
  const int x = static_cast<int>(threadIdx.x), y = static_cast<int>(threadIdx.y);
  const int first_b = static_cast<int>(blockIdx.x) * kTileColumns,
            first_a = static_cast<int>(blockIdx.y) * kTileColumns;
  for (std::size_t o = blockIdx.z; o < outer; o += gridDim.z) {
    const std::size_t base = o * static_cast<std::size_t>(a) * static_cast<std::size_t>(b);
    for (int row = y; row < kTileColumns; row += kTileRows)
      if (first_a + row < a && first_b + x < b)
        square[row][x] = from[base + static_cast<std::size_t>(first_a + row) * static_cast<std::size_t>(b) +
                              static_cast<std::size_t>(first_b + x)];
    __syncthreads();
    for (int row = y; row < kTileColumns; row += kTileRows)
      if (first_b + row < b && first_a + x < a)
        to[base + static_cast<std::size_t>(first_b + row) * static_cast<std::size_t>(a) +
           static_cast<std::size_t>(first_a + x)] = square[x][row];
    __syncthreads();
  }
}

// Grid (rows * columns / kBlock).
__global__ void add_to_rows_kernel(float* y, const float* v, std::size_t count, int columns) {
  const std::size_t i = element_of_thread();
  if (i < count) y[i] += v[i % static_cast<std::size_t>(columns)];
}

// Grid (columns / kTileColumns), tiles.
__global__ void sum_columns_kernel(const float* x, float* sums_of_columns, int rows, int columns) {
  __shared__ float sums[kTileRows * kTileColumns];
  const int c = static_cast<int>(blockIdx.x) * kTileColumns + static_cast<int>(threadIdx.x);
  float sum = 0;
  if (c < columns)
    for (int row = static_cast<int>(threadIdx.y); row < rows; row += kTileRows)
      sum +=
          x[static_cast<std::size_t>(row) * static_cast<std::size_t>(columns) + static_cast<std::size_t>(c)];
  sum = sum_of_rows(sum, sums);
  if (c < columns && threadIdx.y == 0) sums_of_columns[c] = sum;
}

__global__ void add_kernel(const float* a, const float* b, float* sum, std::size_t count) {
  const std::size_t i = element_of_thread();
  if (i < count) sum[i] = a[i] + b[i];
}

}  // namespace

void swap_inner(const float* from, float* to, std::size_t outer, int a, int b, cudaStream_t stream) {
  constexpr std::size_t kMostDeep = 65535;
  launch(
      swap_inner_kernel,
      {dim3(column_tiles(b), column_tiles(a), static_cast<unsigned>(outer < kMostDeep ? outer : kMostDeep)),
       tile_block(), 0, stream, "turn maps"},
      from, to, outer, a, b);
}

void add_to_rows(float* y, const float* v, std::size_t rows, int columns, cudaStream_t stream) {
  const std::size_t count = rows * static_cast<std::size_t>(columns);
  launch(add_to_rows_kernel, each_element(count, stream, "add a bias"), y, v, count, columns);
}

void sum_columns(const float* x, float* sums, int rows, int columns, cudaStream_t stream) {
  launch(sum_columns_kernel, {dim3(column_tiles(columns)), tile_block(), 0, stream, "sum columns"}, x, sums,
         rows, columns);
}

void add(const float* a, const float* b, float* sum, std::size_t count, cudaStream_t stream) {
  launch(add_kernel, each_element(count, stream, "add gradients"), a, b, sum, count);
}

}  // namespace genretrack::cuda

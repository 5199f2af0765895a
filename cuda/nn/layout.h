// Kernels that bring values from one order into another, and sums over columns.
#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>

namespace genretrack::cuda {

// (outer, a, b) to (outer, b, a).
void swap_inner(const float* from, float* to, std::size_t outer, int a, int b, cudaStream_t stream);

// y (rows, columns) += v (columns).
void add_to_rows(float* y, const float* v, std::size_t rows, int columns, cudaStream_t stream);

// sums (columns) = over the rows of x (rows, columns).
void sum_columns(const float* x, float* sums, int rows, int columns, cudaStream_t stream);

// sum = a + b.
void add(const float* a, const float* b, float* sum, std::size_t count, cudaStream_t stream);

}  // namespace genretrack::cuda

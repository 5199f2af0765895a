// Products of matrices for dense layers, by cuBLAS. Matrices are row-major.
#pragma once

#include <cublas_v2.h>
#include <cuda_runtime_api.h>

#include "cuda/core/handles.h"
#include "host/backend/network_ops.h"

namespace genretrack::cuda {

class CublasProducts {
 public:
  CublasProducts(cudaStream_t stream, Precision precision);
  ~CublasProducts();
  CublasProducts(const CublasProducts&) = delete;
  CublasProducts& operator=(const CublasProducts&) = delete;

  // Letters: N rows, F features, U units. Queued in the stream.
  // y (N, U) = x (N, F) w (U, F)^T
  void forward(const float* x, const float* w, float* y, int n, int f, int u) const;
  // dx (N, F) = dy (N, U) w (U, F)
  void backward_data(const float* w, const float* dy, float* dx, int n, int f, int u) const;
  // dw (U, F) = dy (N, U)^T x (N, F)
  void backward_weights(const float* x, const float* dy, float* dw, int n, int f, int u) const;

 private:
  void multiply(cublasOperation_t a_turn, cublasOperation_t b_turn, int m, int n, int k, const float* a,
                int a_columns, const float* b, int b_columns, float* c, int c_columns) const;

  cublasHandle_t handle_ = nullptr;
  cublasComputeType_t compute_;
  // Of our own, so that a captured step finds it in its place.
  DeviceArray<unsigned char> workspace_;
};

}  // namespace genretrack::cuda

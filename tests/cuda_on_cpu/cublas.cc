// The stand-in for cuBLAS: include/cublas_v2.h.
#include <cublas_v2.h>

#include "tests/cuda_on_cpu/state.h"

using namespace cuda_on_cpu;

struct cublasContext {
  cudaStream_t stream = nullptr;
  void* workspace = nullptr;
};

namespace {

// A matrix stored column by column, as it is after turning.
struct Matrix {
  const float* data;
  int rows;  // stored
  bool turned;
  double at(int i, int j) const {
    return turned ? data[std::size_t(i) * std::size_t(rows) + std::size_t(j)]
                  : data[std::size_t(j) * std::size_t(rows) + std::size_t(i)];
  }
};

// Floats from the first to behind the last of `columns` stored columns.
std::size_t extent(int stored_rows, int rows, int columns) {
  return std::size_t(columns - 1) * std::size_t(stored_rows) + std::size_t(rows);
}

}  // namespace

const char* cublasGetStatusString(cublasStatus_t status) {
  switch (status) {
    case CUBLAS_STATUS_SUCCESS:
      return "CUBLAS_STATUS_SUCCESS";
    case CUBLAS_STATUS_NOT_INITIALIZED:
      return "CUBLAS_STATUS_NOT_INITIALIZED";
    case CUBLAS_STATUS_ALLOC_FAILED:
      return "CUBLAS_STATUS_ALLOC_FAILED";
    case CUBLAS_STATUS_INVALID_VALUE:
      return "CUBLAS_STATUS_INVALID_VALUE";
    case CUBLAS_STATUS_EXECUTION_FAILED:
      return "CUBLAS_STATUS_EXECUTION_FAILED";
    case CUBLAS_STATUS_NOT_SUPPORTED:
      return "CUBLAS_STATUS_NOT_SUPPORTED";
  }
  return "unknown";
}

cublasStatus_t cublasCreate(cublasHandle_t* handle) {
  Lock lock;
  if (fails_now()) return CUBLAS_STATUS_NOT_INITIALIZED;
  *handle = new cublasContext;
  ++state().library_handles;
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasDestroy(cublasHandle_t handle) {
  Lock lock;
  drain_all_quietly();
  --state().library_handles;
  delete handle;
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasSetStream(cublasHandle_t handle, cudaStream_t stream) {
  Lock lock;
  if (fails_now()) return CUBLAS_STATUS_NOT_INITIALIZED;
  handle->stream = stream;
  handle->workspace = nullptr;  // cuBLAS forgets it, too
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasSetWorkspace(cublasHandle_t handle, void* workspace, std::size_t bytes) {
  Lock lock;
  if (fails_now() || !on_device(workspace, bytes)) return CUBLAS_STATUS_INVALID_VALUE;
  handle->workspace = workspace;
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasGemmEx(cublasHandle_t handle, cublasOperation_t a_turn, cublasOperation_t b_turn, int m,
                            int n, int k, const void* alpha, const void* a, cudaDataType, int a_rows,
                            const void* b, cudaDataType, int b_rows, const void* beta, void* c, cudaDataType,
                            int c_rows, cublasComputeType_t, cublasGemmAlgo_t) {
  Lock lock;
  if (fails_now()) return CUBLAS_STATUS_EXECUTION_FAILED;
  const bool a_turns = a_turn == CUBLAS_OP_T, b_turns = b_turn == CUBLAS_OP_T;
  const int a_height = a_turns ? k : m, b_height = b_turns ? n : k;
  if (m < 1 || n < 1 || k < 1 || a_rows < a_height || b_rows < b_height || c_rows < m)
    return CUBLAS_STATUS_INVALID_VALUE;
  if (!on_device(a, extent(a_rows, a_height, a_turns ? m : k) * sizeof(float)) ||
      !on_device(b, extent(b_rows, b_height, b_turns ? k : n) * sizeof(float)) ||
      !on_device(c, extent(c_rows, m, n) * sizeof(float)) || !handle->workspace)
    return CUBLAS_STATUS_INVALID_VALUE;
  const Matrix left = {static_cast<const float*>(a), a_rows, a_turns},
               right = {static_cast<const float*>(b), b_rows, b_turns};
  const double scale = *static_cast<const float*>(alpha), keep = *static_cast<const float*>(beta);
  float* to = static_cast<float*>(c);
  const auto work = [=] {
    for (int j = 0; j < n; ++j)
      for (int i = 0; i < m; ++i) {
        double sum = 0;
        for (int l = 0; l < k; ++l) sum += left.at(i, l) * right.at(l, j);
        float& place = to[std::size_t(j) * std::size_t(c_rows) + std::size_t(i)];
        place = float(scale * sum + (keep != 0 ? keep * place : 0));
      }
  };
  return enqueue(handle->stream, work) == cudaSuccess ? CUBLAS_STATUS_SUCCESS
                                                      : CUBLAS_STATUS_EXECUTION_FAILED;
}

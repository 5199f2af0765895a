#include "cuda/nn/cublas_products.h"

#include <string>

namespace genretrack::cuda {
namespace {

constexpr std::size_t kWorkspaceBytes = std::size_t{8} << 20;  // what makes products repeat on every device

void check_cublas(cublasStatus_t status, const char* what) {
  if (status == CUBLAS_STATUS_SUCCESS) return;
  cudaGetLastError();
  if (status == CUBLAS_STATUS_ALLOC_FAILED) throw OutOfDeviceMemory(what);
  throw Error(ErrorKind::kFailure,
              std::string("CUDA: cuBLAS cannot ") + what + ": " + cublasGetStatusString(status) +
                  ": run the command again; where that fails the same way, --device cpu does without");
}

}  // namespace

CublasProducts::CublasProducts(cudaStream_t stream, Precision precision)
    : compute_(precision == Precision::kFloat32 ? CUBLAS_COMPUTE_32F : CUBLAS_COMPUTE_32F_FAST_TF32),
      workspace_(kWorkspaceBytes) {
  check_cublas(cublasCreate(&handle_), "begin");
  try {
    check_cublas(cublasSetStream(handle_, stream), "use a stream");
    check_cublas(cublasSetWorkspace(handle_, workspace_.data(), workspace_.bytes()), "use its memory");
  } catch (...) {
    cublasDestroy(handle_);
    throw;
  }
}

CublasProducts::~CublasProducts() { cublasDestroy(handle_); }

// cuBLAS reads columns first: to it, a row-major matrix is its transpose.
void CublasProducts::multiply(cublasOperation_t a_turn, cublasOperation_t b_turn, int m, int n, int k,
                              const float* a, int a_columns, const float* b, int b_columns, float* c,
                              int c_columns) const {
  const float one = 1, zero = 0;
  check_cublas(cublasGemmEx(handle_, a_turn, b_turn, m, n, k, &one, a, CUDA_R_32F, a_columns, b, CUDA_R_32F,
                            b_columns, &zero, c, CUDA_R_32F, c_columns, compute_, CUBLAS_GEMM_DEFAULT),
               "multiply matrices");
}

void CublasProducts::forward(const float* x, const float* w, float* y, int n, int f, int u) const {
  multiply(CUBLAS_OP_T, CUBLAS_OP_N, u, n, f, w, f, x, f, y, u);
}

void CublasProducts::backward_data(const float* w, const float* dy, float* dx, int n, int f, int u) const {
  multiply(CUBLAS_OP_N, CUBLAS_OP_N, f, n, u, w, f, dy, u, dx, f);
}

void CublasProducts::backward_weights(const float* x, const float* dy, float* dw, int n, int f, int u) const {
  multiply(CUBLAS_OP_N, CUBLAS_OP_T, f, u, n, x, f, dy, u, dw, f);
}

}  // namespace genretrack::cuda

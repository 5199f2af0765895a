// Stands for cuBLAS's header: the part of it that we call, with its meaning. Products are computed in double
// and queued in the handle's stream.
#pragma once

#include <cstddef>

#include "tests/cuda_on_cpu/runtime.h"

struct cublasContext;
using cublasHandle_t = cublasContext*;

enum cublasStatus_t {
  CUBLAS_STATUS_SUCCESS = 0,
  CUBLAS_STATUS_NOT_INITIALIZED = 1,
  CUBLAS_STATUS_ALLOC_FAILED = 3,
  CUBLAS_STATUS_INVALID_VALUE = 7,
  CUBLAS_STATUS_EXECUTION_FAILED = 13,
  CUBLAS_STATUS_NOT_SUPPORTED = 15,
};
enum cublasOperation_t { CUBLAS_OP_N = 0, CUBLAS_OP_T = 1 };
enum cudaDataType { CUDA_R_32F = 0 };
enum cublasComputeType_t { CUBLAS_COMPUTE_32F = 68, CUBLAS_COMPUTE_32F_FAST_TF32 = 77 };
enum cublasGemmAlgo_t { CUBLAS_GEMM_DEFAULT = -1 };

const char* cublasGetStatusString(cublasStatus_t status);
cublasStatus_t cublasCreate(cublasHandle_t* handle);
cublasStatus_t cublasDestroy(cublasHandle_t handle);
cublasStatus_t cublasSetStream(cublasHandle_t handle, cudaStream_t stream);
cublasStatus_t cublasSetWorkspace(cublasHandle_t handle, void* workspace, std::size_t bytes);

// c = alpha op(a) op(b) + beta c; matrices are stored column by column, a is m x k as turned, b k x n. Only
// floats; alpha and beta lie on the host.
cublasStatus_t cublasGemmEx(cublasHandle_t handle, cublasOperation_t a_turn, cublasOperation_t b_turn, int m,
                            int n, int k, const void* alpha, const void* a, cudaDataType a_type, int a_rows,
                            const void* b, cudaDataType b_type, int b_rows, const void* beta, void* c,
                            cudaDataType c_type, int c_rows, cublasComputeType_t compute,
                            cublasGemmAlgo_t algorithm);

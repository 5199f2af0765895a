// Stands for cuFFT's header: the part of it that we call, with its meaning. Transforms are computed in
// double, by definition where the length is not a power of two, and are queued in the plan's stream.
#pragma once

#include "tests/cuda_on_cpu/runtime.h"

using cufftHandle = int;
using cufftReal = float;
using cufftComplex = float2;

enum cufftResult {
  CUFFT_SUCCESS = 0,
  CUFFT_INVALID_PLAN = 1,
  CUFFT_ALLOC_FAILED = 2,
  CUFFT_INVALID_VALUE = 4,
  CUFFT_INTERNAL_ERROR = 5,
  CUFFT_EXEC_FAILED = 6,
  CUFFT_SETUP_FAILED = 7,
  CUFFT_INVALID_SIZE = 8,
  CUFFT_NOT_SUPPORTED = 16,
};
enum cufftType { CUFFT_R2C = 0x2a };

// Only rank 1. Element e of transform b lies at b * distance + e * stride; `embed` may not be null.
cufftResult cufftPlanMany(cufftHandle* plan, int rank, int* n, int* input_embed, int input_stride,
                          int input_distance, int* output_embed, int output_stride, int output_distance,
                          cufftType type, int batch);
cufftResult cufftSetStream(cufftHandle plan, cudaStream_t stream);
cufftResult cufftExecR2C(cufftHandle plan, cufftReal* input, cufftComplex* output);
cufftResult cufftDestroy(cufftHandle plan);
cufftResult cufftGetVersion(int* version);

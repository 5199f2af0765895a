// The one macro that marks a function for g++ and for nvcc.
#pragma once

#ifdef __CUDACC__
#define GENRETRACK_HOST_DEVICE __host__ __device__
#else
#define GENRETRACK_HOST_DEVICE
#endif

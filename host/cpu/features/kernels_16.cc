// 16 lanes, for x86-64-v4.
#if defined(__x86_64__)

#define GENRETRACK_LANES 16
#define GENRETRACK_MAKE make_kernels_16
#define GENRETRACK_INSTRUCTIONS "x86-64-v4"
#define GENRETRACK_TARGET __attribute__((target("arch=x86-64-v4")))
#include "host/cpu/features/kernels.inc"

#endif

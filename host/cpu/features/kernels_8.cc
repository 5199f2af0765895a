// 8 lanes, for x86-64-v3.
#if defined(__x86_64__)

#define GENRETRACK_LANES 8
#define GENRETRACK_MAKE make_kernels_8
#define GENRETRACK_INSTRUCTIONS "x86-64-v3"
#define GENRETRACK_TARGET __attribute__((target("arch=x86-64-v3")))
#include "host/cpu/features/kernels.inc"

#endif

// 4 lanes, for every processor.
#define GENRETRACK_LANES 4
#define GENRETRACK_MAKE make_kernels_4
#define GENRETRACK_INSTRUCTIONS "baseline"
#define GENRETRACK_TARGET
#include "host/cpu/features/kernels.inc"

// Batch norm, ReLU and max pool in one, on planes of blocked maps: a plane is (H, W) vectors of L lanes, and
// a lane is a channel. One table of functions per block width and instruction set; callers share out planes
// between threads. Lanes beyond the last channel hold zeros on both sides and have a scale and shift of zero,
// so that they stay zero, as oneDNN asks.
#pragma once

#include <string>
#include <vector>

namespace genretrack::cpu {

// One plane; every pointer is to the first of `lanes` values of its block of channels.
struct NormPlane {
  int height = 0, width = 0, pool_height = 1, pool_width = 1;
  const float* mean = nullptr;   // (lanes)
  const float* scale = nullptr;  // (lanes): gamma / standard deviation
  const float* shift = nullptr;  // (lanes): beta
  // For gradient(): per lane, the mean over the batch of the gradient and of gradient times (x - mean),
  // the latter divided by the variance.
  const float* gradient_mean = nullptr;
  const float* gradient_slope = nullptr;
  float floor = 0;  // of the ReLU; minus infinity where there is none
  int pooled_height() const { return height / pool_height; }
  int pooled_width() const { return width / pool_width; }
};

struct NormKernels {
  int lanes = 0;
  std::string instructions;  // "avx512", "avx2" or "baseline"
  // x (height, width, lanes) to out (3, lanes): a pivot, the sum of x - pivot, and the sum of its squares.
  // The pivot keeps the squares from cancelling where the mean is far from zero.
  void (*statistics)(const NormPlane&, const float* x, float* out);
  // pooled (pooled height, pooled width, lanes) = max(floor, (winner - mean) * scale + shift), where the
  // winner of a window is its largest x, or smallest where the scale is negative. `winners` may be null.
  void (*apply)(const NormPlane&, const float* x, float* winners, float* pooled);
  // out (2, lanes): the sums of g and of g (winner - mean), where g is `diff` (of pooled) behind the ReLU.
  void (*sums)(const NormPlane&, const float* winners, const float* diff, float* out);
  // x becomes the gradient by x. The first winner of a window takes all of its gradient.
  void (*gradient)(const NormPlane&, const float* diff, float* x);
};

// lanes: 16 or 8. The best instruction set that this machine has.
const NormKernels& norm_kernels(int lanes);

// Every table that this machine can run, the slower ones among them, for tests.
std::vector<NormKernels> all_norm_kernels();

}  // namespace genretrack::cpu

// A sum of parts under the softmax of a gate. Letters: N batch, K parts, C values of each.
#include <cmath>

#include "cuda/core/grid.cuh"
#include "cuda/core/reductions.cuh"
#include "cuda/nn/operations.h"

namespace genretrack::cuda {
namespace {

// The softmax of a row of K logits; every thread computes it for itself, for K is small. `most` and `sum` of
// the row first, then one weight.
struct Softmax {
  const float* logits;
  float most, sum = 0;
  __device__ Softmax(const float* row, int k) : logits(row), most(row[0]) {
    for (int i = 1; i < k; ++i) most = fmaxf(most, logits[i]);
    for (int i = 0; i < k; ++i) sum += expf(logits[i] - most);
  }
  __device__ float at(int i) const { return expf(logits[i] - most) / sum; }
};

// Grid (N * C / kBlock): y[n, c] = sum over k of a_k part_k[n, c].
__global__ void gated_sum_kernel(std::size_t count, int channels, int k, const float* logits,
                                 const float* const* parts, float* y) {
  const std::size_t i = element_of_thread();
  if (i >= count) return;
  const Softmax gate(logits + i / static_cast<std::size_t>(channels) * static_cast<std::size_t>(k), k);
  float sum = 0;
  for (int p = 0; p < k; ++p) sum += gate.at(p) * parts[p][i];
  y[i] = sum;
}

// Grid (N * C / kBlock): the gradient of each part is a_k that of y.
__global__ void part_gradients_kernel(std::size_t count, int channels, int k, const float* logits,
                                      const float* gradients, float* const* part_gradients) {
  const std::size_t i = element_of_thread();
  if (i >= count) return;
  const Softmax gate(logits + i / static_cast<std::size_t>(channels) * static_cast<std::size_t>(k), k);
  for (int p = 0; p < k; ++p)
    if (part_gradients[p]) part_gradients[p][i] = gate.at(p) * gradients[i];
}

// Grid (N), one warp each: with d_k = sum over c of the gradient times part_k, a logit's gradient is
// a_k (d_k - sum over j of a_j d_j). `products` (N, K) holds the d_k between the two passes.
__global__ void logit_gradients_kernel(int channels, int k, const float* logits, const float* const* parts,
                                       const float* gradients, float* products, float* logit_gradients) {
  const std::size_t n = blockIdx.x, row = n * static_cast<std::size_t>(channels),
                    gate_row = n * static_cast<std::size_t>(k);
  const Softmax gate(logits + gate_row, k);
  float mean = 0;
  for (int p = 0; p < k; ++p) {
    float product = 0;
    for (int c = static_cast<int>(threadIdx.x); c < channels; c += kWarp)
      product += gradients[row + static_cast<std::size_t>(c)] * parts[p][row + static_cast<std::size_t>(c)];
    product = warp_sum(product);
    mean += gate.at(p) * product;
    if (threadIdx.x == 0) products[gate_row + static_cast<std::size_t>(p)] = product;
  }
  __syncwarp();
  for (int p = static_cast<int>(threadIdx.x); p < k; p += kWarp)
    logit_gradients[gate_row + static_cast<std::size_t>(p)] =
        gate.at(p) * (products[gate_row + static_cast<std::size_t>(p)] - mean);
}

class GatedSum final : public Operation {
 public:
  GatedSum(Plan& plan, const Value& logits, std::span<const Value> parts, Value* out)
      : plan_(plan), logits_(logits), k_(static_cast<int>(parts.size())) {
    std::vector<float*> data, gradients;
    for (const Value& part : parts) {
      data.push_back(part.data);
      gradients.push_back(part.gradient);
      parts_trained_ = parts_trained_ || part.gradient;
    }
    parts_ = plan.make_table(data);
    part_gradients_ = plan.make_table(gradients);
    out->data = plan.make(out->count());
    if (parts_trained_ || logits.gradient) plan.make_gradient(out);
    if (logits.gradient) products_ = plan.make(logits.count());
    out_ = *out;
  }
  void forward(Mode) override {
    launch(gated_sum_kernel, each_element(out_.count(), plan_.stream, "add gated parts"), out_.count(),
           out_.channels, k_, logits_.data, parts_, out_.data);
  }
  void backward() override {
    if (parts_trained_)
      launch(part_gradients_kernel, each_element(out_.count(), plan_.stream, "part gradients"), out_.count(),
             out_.channels, k_, logits_.data, out_.gradient, part_gradients_);
    if (logits_.gradient)
      launch(logit_gradients_kernel,
             {dim3(static_cast<unsigned>(out_.batch)), dim3(kWarp), 0, plan_.stream, "part gradients"},
             out_.channels, k_, logits_.data, parts_, out_.gradient, products_, logits_.gradient);
  }
  std::string implementation() const override { return "own"; }

 private:
  Plan& plan_;
  Value logits_, out_;
  int k_;
  bool parts_trained_ = false;
  float **parts_ = nullptr, **part_gradients_ = nullptr;  // (K) pointers on the device
  float* products_ = nullptr;
};

}  // namespace

OperationPointer make_gated_sum(Plan& plan, const Value& logits, std::span<const Value> parts, Value* out) {
  return std::make_unique<GatedSum>(plan, logits, parts, out);
}

}  // namespace genretrack::cuda

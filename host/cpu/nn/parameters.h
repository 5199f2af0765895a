// Parameters, gradients, the optimizer's moments and the average in the layouts that the primitives want,
// each as one flat buffer: first what is trained with weight decay, then what is trained without, then
// statistics. The plain vector that callers know exists only in transfers.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "host/cpu/nn/plan.h"

namespace genretrack::cpu {

// A slot in the layout of its gradient. The memory has its address once Parameters::allocate() has run.
struct PackedSlot {
  dnnl::memory value, gradient;
};

class Parameters {
 public:
  // Throws Error(kFailure) where two slots overlap or a shape is empty.
  Parameters(const dnnl::engine& engine, std::span<const ParameterSlot> layout);

  // Claims the slot at `offset` for an operation, which names its plain shape and its packed layout. Throws
  // Error(kFailure) where there is no such slot, or one of another size or kind, or it was claimed before.
  PackedSlot claim(std::size_t offset, ParameterKind kind, const dnnl::memory::dims& shape,
                   const dnnl::memory::desc& packed);
  // The same for (count) values, with zeros behind them up to a multiple of 16.
  PackedSlot claim_vector(std::size_t offset, ParameterKind kind, int count);
  bool frozen(std::size_t offset) const;  // whether the slot there is
  // Takes the memory; slots that no operation claimed are kept as they are.
  void allocate();

  void upload(Buffer which, std::span<const float> plain, const dnnl::stream& stream);
  void download(Buffer which, std::span<float> plain, const dnnl::stream& stream);
  void update(const Update& update);

 private:
  static constexpr std::size_t kBuffers = 5;  // of enum Buffer
  struct Slot {
    ParameterSlot slot;
    bool claimed = false;
    dnnl::memory plain;                         // its address is set for each transfer
    std::array<dnnl::memory, kBuffers> packed;  // by Buffer
    std::array<Call, kBuffers> pack, unpack;    // where the layouts differ
  };
  void check_size(std::size_t size) const;
  double gradient_norm();  // over everything that is trained
  void move_average(float keep);

  dnnl::engine engine_;
  std::vector<Slot> slots_;
  std::size_t plain_size_ = 0;
  std::size_t decayed_ = 0, trained_ = 0;  // ends of the first two regions, floats
  std::array<FloatBuffer, kBuffers> buffers_;
  std::vector<double> squares_;  // of the gradients, by share
};

}  // namespace genretrack::cpu

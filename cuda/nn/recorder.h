// The recording half of NetworkOps: operations are checked and listed; who inherits plans and runs them.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "host/backend/network_ops.h"

namespace genretrack::cuda {

struct MeanRecord {
  bool height_only;
};
struct FoldRecord {};
struct DropoutRecord {
  float rate;
  std::uint32_t layer;
};
struct ForkRecord {};
struct ConcatenateRecord {};
struct AddReluPoolRecord {
  int pool_height, pool_width;
};
struct GatedSumRecord {};  // from: the logits, then the parts
struct Record {
  std::variant<ConvolutionBlock, DenseBlock, RecurrentLayer, TimeSummaryBlock, MeanRecord, FoldRecord,
               DropoutRecord, ForkRecord, ConcatenateRecord, AddReluPoolRecord, GatedSumRecord>
      what;
  std::vector<int> from, to;  // Tensor::id
  std::string name;
};

class Recorder : public NetworkOps {
 public:
  Tensor input(int channels, int height, int width) override;
  Tensor convolution_block(Tensor x, const ConvolutionBlock& block) override;
  Tensor dense_block(Tensor x, const DenseBlock& block) override;
  Tensor mean_over_positions(Tensor x) override;
  Tensor recurrent_layer(Tensor x, const RecurrentLayer& layer) override;
  Tensor summarise_time(Tensor x, const TimeSummaryBlock& block) override;
  Tensor mean_over_height(Tensor x) override;
  Tensor fold_height(Tensor x) override;
  std::array<Tensor, 2> fork(Tensor x) override;
  Tensor concatenate(std::span<const Tensor> parts) override;
  Tensor add_relu_pool(Tensor a, Tensor b, int pool_height, int pool_width) override;
  Tensor gated_sum(Tensor logits, std::span<const Tensor> parts) override;
  Tensor dropout(Tensor x, float rate, std::uint32_t layer) override;
  void softmax_cross_entropy(Tensor logits) override;

 protected:
  // Throws Error(kFailure): a call that cannot be, told apart from one that a device cannot do.
  [[noreturn]] static void fail(const std::string& message);
  bool is_input(Tensor x) const;
  void end_recording() { ended_ = true; }

  std::vector<Tensor> tensors_;  // by Tensor::id
  std::vector<Record> records_;
  int logits_ = -1;

 private:
  Tensor make_tensor(int channels, int height, int width);
  void use(Tensor x);
  void check(Tensor x) const;
  Tensor record(std::vector<Tensor> from, Tensor to, decltype(Record::what) what, const char* name);
  static void check_pool(Tensor x, int pool_height, int pool_width);

  std::vector<bool> used_, inputs_;
  bool ended_ = false;
};

}  // namespace genretrack::cuda

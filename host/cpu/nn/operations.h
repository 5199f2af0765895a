// Makers of the planned operations. Each reads `x`, makes out->data, and makes out->gradient where training
// needs it; out's channels, height and width are set by the caller.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "host/cpu/nn/parameters.h"
#include "host/cpu/nn/plan.h"

namespace genretrack::cpu {

std::unique_ptr<Operation> make_convolution(Plan& plan, Parameters& parameters, const ConvolutionBlock& block,
                                            bool primitives_only, const Value& x, Value* out);
std::unique_ptr<Operation> make_dense(Plan& plan, Parameters& parameters, const DenseBlock& block,
                                      bool primitives_only, const Value& x, Value* out);
std::unique_ptr<Operation> make_mean(Plan& plan, const Value& x, Value* out);
std::unique_ptr<Operation> make_dropout(Plan& plan, float rate, std::uint32_t layer, const Value& x,
                                        Value* out);

// Rows of features by frame (Value::time); both conversions replace what stands in *out.
std::unique_ptr<Operation> make_time_major(Plan& plan, const Value& x, Value* out);  // fold_height, too
std::unique_ptr<Operation> make_plain_maps(Plan& plan, const Value& x, Value* out);
// Both read x by frame.
std::unique_ptr<Operation> make_recurrent(Plan& plan, Parameters& parameters, const RecurrentLayer& layer,
                                          const Value& x, Value* out);
std::unique_ptr<Operation> make_time_summary(Plan& plan, Parameters& parameters,
                                             const TimeSummaryBlock& block, const Value& x, Value* out);
std::unique_ptr<Operation> make_mean_over_height(Plan& plan, const Value& x, Value* out);  // writes by frame

std::unique_ptr<Operation> make_fork(Plan& plan, const Value& x, Value* first, Value* second);
std::unique_ptr<Operation> make_concatenate(Plan& plan, const std::vector<Value>& parts, Value* out);
std::unique_ptr<Operation> make_add_relu_pool(Plan& plan, int pool_height, int pool_width, const Value& a,
                                              const Value& b, Value* out);
std::unique_ptr<Operation> make_gated_sum(Plan& plan, const Value& logits, const std::vector<Value>& parts,
                                          Value* out);

// Softmax and cross entropy against soft targets, the mean over the batch. Classes are the C x H x W of x.
class Loss {
 public:
  Loss(Plan& plan, const Value& x);
  void forward();   // brings the logits into plain order
  void backward();  // writes the gradient of x
  double value() const;
  void set_targets(std::span<const float> plain);
  void logits(std::span<float> plain) const;

 private:
  void check(std::size_t size, const char* what) const;

  Plan& plan_;
  int classes_;
  dnnl::memory logits_, gradient_;
  Call to_plain_, from_plain_;
  std::vector<float> targets_;
};

}  // namespace genretrack::cpu

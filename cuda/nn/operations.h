// Makers of the planned operations. Each reads its inputs, makes out->data, and out->gradient where training
// needs it; out's sizes are set by the caller.
#pragma once

#include <memory>
#include <span>

#include "cuda/nn/parameters.h"
#include "cuda/nn/plan.h"

namespace genretrack::cuda {

using OperationPointer = std::unique_ptr<Operation>;

OperationPointer make_convolution(Plan& plan, Parameters& parameters, const ConvolutionBlock& block,
                                  const Value& x, Value* out);
OperationPointer make_dense(Plan& plan, Parameters& parameters, const DenseBlock& block, const Value& x,
                            Value* out);
OperationPointer make_dropout(Plan& plan, float rate, std::uint32_t layer, const Value& x, Value* out);
// Over the height only, or over all positions.
OperationPointer make_mean(Plan& plan, bool height_only, const Value& x, Value* out);
OperationPointer make_fold_height(Plan& plan, const Value& x, Value* out);
OperationPointer make_fork(Plan& plan, const Value& x, Value* first, Value* second);
OperationPointer make_concatenate(Plan& plan, std::span<const Value> parts, Value* out);
OperationPointer make_add_relu_pool(Plan& plan, int pool_height, int pool_width, const Value& a,
                                    const Value& b, Value* out);
OperationPointer make_gated_sum(Plan& plan, const Value& logits, std::span<const Value> parts, Value* out);
OperationPointer make_time_summary(Plan& plan, Parameters& parameters, const TimeSummaryBlock& block,
                                   const Value& x, Value* out);
OperationPointer make_recurrent(Plan& plan, Parameters& parameters, const RecurrentLayer& layer,
                                const Value& x, Value* out);

}  // namespace genretrack::cuda

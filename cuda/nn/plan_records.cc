#include "cuda/nn/plan_records.h"

namespace genretrack::cuda {
namespace {

struct Planner {
  Plan& plan;
  Parameters& parameters;
  const Record& record;
  std::vector<Value>& values;

  Value& in(std::size_t i = 0) const { return values[static_cast<std::size_t>(record.from[i])]; }
  Value* out(std::size_t i = 0) const { return &values[static_cast<std::size_t>(record.to[i])]; }
  std::vector<Value> ins_from(std::size_t first) const {
    std::vector<Value> all;
    for (std::size_t i = first; i < record.from.size(); ++i) all.push_back(in(i));
    return all;
  }

  OperationPointer operator()(const ConvolutionBlock& b) const {
    return make_convolution(plan, parameters, b, in(), out());
  }
  OperationPointer operator()(const DenseBlock& b) const {
    return make_dense(plan, parameters, b, in(), out());
  }
  OperationPointer operator()(const RecurrentLayer& b) const {
    return make_recurrent(plan, parameters, b, in(), out());
  }
  OperationPointer operator()(const TimeSummaryBlock& b) const {
    return make_time_summary(plan, parameters, b, in(), out());
  }
  OperationPointer operator()(const MeanRecord& r) const {
    return make_mean(plan, r.height_only, in(), out());
  }
  OperationPointer operator()(const FoldRecord&) const { return make_fold_height(plan, in(), out()); }
  OperationPointer operator()(const DropoutRecord& r) const {
    return make_dropout(plan, r.rate, r.layer, in(), out());
  }
  OperationPointer operator()(const ForkRecord&) const { return make_fork(plan, in(), out(0), out(1)); }
  OperationPointer operator()(const ConcatenateRecord&) const {
    return make_concatenate(plan, ins_from(0), out());
  }
  OperationPointer operator()(const AddReluPoolRecord& r) const {
    return make_add_relu_pool(plan, r.pool_height, r.pool_width, in(0), in(1), out());
  }
  OperationPointer operator()(const GatedSumRecord&) const {
    return make_gated_sum(plan, in(), ins_from(1), out());
  }
};

}  // namespace

OperationPointer plan_record(Plan& plan, Parameters& parameters, const Record& record,
                             std::vector<Value>& values) {
  return std::visit(Planner{plan, parameters, record, values}, record.what);
}

}  // namespace genretrack::cuda

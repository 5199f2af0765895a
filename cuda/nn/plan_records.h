#pragma once

#include <vector>

#include "cuda/nn/operations.h"
#include "cuda/nn/recorder.h"

namespace genretrack::cuda {

// The operation of a record; its outputs in `values` (by Tensor::id) get their memory.
OperationPointer plan_record(Plan& plan, Parameters& parameters, const Record& record,
                             std::vector<Value>& values);

}  // namespace genretrack::cuda

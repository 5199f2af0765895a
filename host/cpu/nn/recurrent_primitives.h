// oneDNN's recurrent primitives of one share of a batch: three cells behind one interface. oneDNN calls its
// float32 cells "ref"; they are products of matrices and fast.
#pragma once

#include <oneapi/dnnl/dnnl.hpp>
#include <string>

#include "host/backend/network_ops.h"

namespace genretrack::cpu {

struct RecurrentShape {
  Cell cell;
  int clips, frames, inputs, hidden, directions;
  bool any_weights;  // the layouts that oneDNN likes best, which may depend on the number of clips
};
struct RecurrentPrimitives {
  dnnl::primitive forward, backward;
  dnnl::memory::desc layer_forward, recurrent_forward, layer_backward, recurrent_backward;  // of weights
  // States before the first frame are zero, but have to be there: without them the backward passes of
  // oneDNN 2.6 for one direction give wrong gradients of the recurrent weights.
  dnnl::memory::desc start;
  dnnl::memory::desc workspace, forward_scratchpad, backward_scratchpad;
  std::string name;
};
// Plans for as many threads as OpenMP has just now. Scratchpads are the caller's, so that shares can run at
// the same time.
RecurrentPrimitives make_recurrent_primitives(const dnnl::engine& engine, const RecurrentShape& shape);

}  // namespace genretrack::cpu

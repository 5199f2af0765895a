#include "tests/cuda_on_cpu/cudnn/handle.h"

#include <string>
#include <utility>

#include "host/core/error.h"

namespace genretrack::cuda {

using cuda_on_cpu::Fault;
using cuda_on_cpu::Lock;
using cuda_on_cpu::state;

void cudnn_call(const char* what) {
  Lock lock;
  if (cuda_on_cpu::fails_now() || state().sticky != cudaSuccess)
    throw Error(ErrorKind::kFailure, std::string("CUDA: cuDNN cannot ") + what +
                                         ": it was made to fail: run the command again; where that fails the "
                                         "same way, --device cpu does without");
}

void cudnn_queue(const Cudnn::Handle& handle, const char* what, std::initializer_list<Touched> touched,
                 std::function<void()> work) {
  Lock lock;
  cudnn_call(what);
  for (const Touched& t : touched)
    if (!cuda_on_cpu::on_device(t.pointer, t.floats * sizeof(float)))
      throw Fault(std::string("cuDNN is to ") + what + " outside the device's memory");
  cuda_on_cpu::enqueue(handle.stream, std::move(work));
}

Cudnn::Cudnn(cudaStream_t stream) {
  cudnn_call("begin");
  handle_ = std::make_unique<Handle>(Handle{stream});
  ++state().library_handles;
}

Cudnn::~Cudnn() {
  cuda_on_cpu::drain_all_quietly();
  --state().library_handles;
}

}  // namespace genretrack::cuda

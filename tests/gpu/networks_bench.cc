// Times a training step of the reference networks on the device, at batches of 32 and 512; one JSON line
// each, milliseconds per step, with the implementations on stderr: gpu_networks_bench [STEPS]
#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "cuda/nn/cuda_network_ops.h"
#include "host/core/error.h"
#include "tests/bench/nn_bench/step_networks.h"

namespace genretrack {
namespace {

void run(int steps) {
  for (const Precision precision : {Precision::kFloat32, Precision::kTf32})
    for (const int batch : {32, 512})
      for (const Network& network : networks()) {
        const auto ops = make_cuda_network_ops({.batch = batch, .precision = precision});
        const StepTimes times = time_steps(network, *ops, batch, steps);
        std::printf(
            "{\"bench\": \"step\", \"network\": \"%s\", \"batch\": %d, \"precision\": \"%s\", \"last_loss\": "
            "%.4f, "
            "\"median_ms\": %.3f, \"min_ms\": %.3f, \"max_ms\": %.3f}\n",
            network.name.c_str(), batch, precision == Precision::kTf32 ? "tf32" : "float32", times.last_loss,
            times.median_ms, times.min_ms, times.max_ms);
        std::fflush(stdout);
        for (const std::string& line : ops->implementations()) std::fprintf(stderr, "  %s\n", line.c_str());
      }
}

}  // namespace
}  // namespace genretrack

int main(int argc, char** argv) {
  try {
    genretrack::run(argc > 1 ? std::max(1, std::atoi(argv[1])) : 50);
    return 0;
  } catch (const genretrack::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return error.exit_code();
  }
}

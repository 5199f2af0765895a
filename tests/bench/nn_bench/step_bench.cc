// Times one training step of the reference networks: batch 32, segments of 130 frames, ten classes; gather,
// forward, loss, backward, AdamW. One JSON line per network, milliseconds per step; behind it, with
// --verbose, the implementations. tests/bench/peers/torch_step.py has the same networks in PyTorch.
// usage: step_bench [--network NAME] [--threads N] [--steps N] [--batch N] [--primitives] [--verbose]
#include <cstdio>
#include <cstdlib>
#include <string>

#include "host/cpu/nn/cpu_network_ops.h"
#include "tests/bench/nn_bench/step_networks.h"

namespace genretrack {
namespace {

struct Options {
  int threads = 2, steps = 20, batch = 32;
  bool primitives = false, verbose = false;
  std::string network;  // empty: all
};

void measure(const Network& network, const Options& o) {
  const auto ops = make_cpu_network_ops({.batch = o.batch, .threads = o.threads},
                                        o.primitives ? Fused::kPrimitives : Fused::kOwn);
  const StepTimes times = time_steps(network, *ops, o.batch, o.steps);
  std::printf(
      "{\"network\": \"%s\", \"threads\": %d, \"first_loss\": %.4f, \"last_loss\": %.4f, "
      "\"median_ms\": %.2f, \"min_ms\": %.2f, \"max_ms\": %.2f}\n",
      network.name.c_str(), o.threads, times.first_loss, times.last_loss, times.median_ms, times.min_ms,
      times.max_ms);
  if (!o.verbose) return;
  for (const std::string& line : ops->implementations()) std::printf("  %s\n", line.c_str());
}

}  // namespace
}  // namespace genretrack

int main(int argc, char** argv) {
  using namespace genretrack;
  Options o;
  for (int i = 1; i < argc; ++i) {
    const std::string a = argv[i], value = i + 1 < argc ? argv[i + 1] : "";
    if (a == "--threads") o.threads = std::atoi(value.c_str());
    if (a == "--steps") o.steps = std::atoi(value.c_str());
    if (a == "--batch") o.batch = std::atoi(value.c_str());
    if (a == "--network") o.network = value;
    if (a == "--primitives") o.primitives = true;
    if (a == "--verbose") o.verbose = true;
  }
  bool found = false;
  for (const Network& network : networks()) {
    if (!o.network.empty() && o.network != network.name) continue;
    measure(network, o);
    found = true;
  }
  if (!found) std::fprintf(stderr, "no network \"%s\"\n", o.network.c_str());
  return found ? 0 : 2;
}

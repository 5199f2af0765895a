// Times the four transforms of 30 s clips on the device, one JSON line per kind of percussion and way of
// timing: from samples on the device to transforms on the device, and from memory to memory through the
// extractor, copies included. Medians of the rounds: gpu_bench [CLIPS [ROUNDS]]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "cuda/core/device.h"
#include "cuda/features/cuda_feature_extractor.h"
#include "cuda/features/queue_transforms.h"
#include "tests/reference/dsp_signals.h"

namespace genretrack {
namespace {

constexpr int kChunk = 16;

template <class Work>
double median_ms(int rounds, const Work& work) {
  std::vector<double> times;
  for (int round = 0; round < rounds + 2; ++round) {
    const auto start = std::chrono::steady_clock::now();
    work();
    if (round >= 2)  // the first ones plan and warm up
      times.push_back(
          std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
  }
  std::nth_element(times.begin(), times.begin() + rounds / 2, times.end());
  return times[static_cast<std::size_t>(rounds / 2)];
}

void print(const char* kind, const char* way, int clips, double ms) {
  std::printf(
      "{\"bench\": \"transforms\", \"percussion\": \"%s\", \"way\": \"%s\", \"clips\": %d, \"median_ms\": "
      "%.3f, \"clips_per_second\": %.1f}\n",
      kind, way, clips, ms, 1e3 * clips / ms);
  std::fflush(stdout);
}

void time_on_device(const FeatureParams& params, const char* kind, int rounds,
                    const std::vector<std::int16_t>& pcm) {
  const FeatureShape shape = make_shape(params);
  const TableMemory tables(params);
  const Slot slot(shape, kChunk);
  for (int i = 0; i < kChunk; ++i) {
    std::copy(pcm.begin(), pcm.end(),
              reinterpret_cast<std::int16_t*>(slot.host_pcm() + std::size_t(i) * pcm.size() * sizeof(float)));
    slot.host_clips()[i] = {static_cast<int>(pcm.size()), 0};
  }
  slot.copy_in(shape, kChunk);
  const double ms = median_ms(rounds, [&] {
    queue_transforms(shape, tables.view(), slot, kChunk);
    slot.stream().synchronize("run a benchmark");
  });
  print(kind, "device to device", kChunk, ms);
}

void time_extractor(const FeatureParams& params, const char* kind, int clips, int rounds,
                    const std::vector<std::int16_t>& pcm) {
  const auto extractor = make_cuda_feature_extractor(params);
  std::vector<std::array<std::vector<float>, kTransformCount>> values(static_cast<std::size_t>(clips));
  std::vector<ClipFeatures> out(values.size());
  for (std::size_t i = 0; i < values.size(); ++i)
    for (const Transform t : kTransforms) {
      auto& rows = values[i][static_cast<std::size_t>(t)];
      rows.resize(static_cast<std::size_t>(params.rows(t)) * static_cast<std::size_t>(params.frame_count()));
      out[i].rows[static_cast<std::size_t>(t)] = rows;
    }
  const std::vector<Pcm> samples(values.size(), Pcm(std::span(pcm)));
  const double ms = median_ms(rounds, [&] { extractor->extract(samples, out); });
  print(kind, "memory to memory", clips, ms);
}

int run(int clips, int rounds) {
  std::fprintf(stderr, "on %s\n", use_first_device().c_str());
  const std::pair<const char*, PercussionKind> kinds[] = {{"flux", PercussionKind::kFlux},
                                                          {"tempogram", PercussionKind::kTempogram},
                                                          {"hpss", PercussionKind::kHpss}};
  const auto pcm = reference::music(FeatureParams{}.clip_samples());
  for (const auto& [kind, percussion] : kinds) {
    FeatureParams params;
    params.percussion = percussion;
    time_on_device(params, kind, rounds, pcm);
    time_extractor(params, kind, clips, rounds, pcm);
  }
  return 0;
}

}  // namespace
}  // namespace genretrack

int main(int argc, char** argv) {
  try {
    return genretrack::run(argc > 1 ? std::max(1, std::atoi(argv[1])) : 128,
                           argc > 2 ? std::max(1, std::atoi(argv[2])) : 9);
  } catch (const genretrack::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return error.exit_code();
  }
}

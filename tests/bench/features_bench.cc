// Milliseconds per 30 s clip of the CPU feature extractor on one thread, by lane width and kind of sample.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "host/cpu/features/cpu_feature_extractor.h"
#include "host/cpu/features/kernels.h"
#include "tests/reference/dsp_signals.h"

namespace genretrack {
namespace {

template <class Sample>
std::vector<Sample> recording(const FeatureParams& params) {
  std::vector<Sample> result;
  for (std::int16_t v : reference::music(params.clip_samples())) {
    if constexpr (std::is_same_v<Sample, float>)
      result.push_back(static_cast<float>(v) / 32768);
    else
      result.push_back(v);
  }
  return result;
}

template <class Sample>
void extract_clip(benchmark::State& state, int lanes, int n_fft) {
  if (lanes > widest_lanes()) {
    state.SkipWithError("this processor has no such lanes");
    return;
  }
  FeatureParams params;
  params.n_fft = n_fft;
  params.hop_length = n_fft / 4;
  const std::vector<Sample> pcm = recording<Sample>(params);
  std::vector<std::vector<float>> memory;
  ClipFeatures out;
  for (Transform t : kTransforms)
    memory.emplace_back(static_cast<std::size_t>(params.rows(t)) *
                        static_cast<std::size_t>(params.frame_count()));
  for (std::size_t t = 0; t < memory.size(); ++t) out.rows[t] = memory[t];
  const auto extractor = make_cpu_feature_extractor(params, lanes);
  const Pcm clip = std::span<const Sample>(pcm);
  for (auto _ : state) extractor->extract(std::span(&clip, 1), std::span(&out, 1));
  state.SetItemsProcessed(state.iterations());
}

void add(const std::string& name, void (*function)(benchmark::State&, int, int), int lanes, int n_fft) {
  benchmark::RegisterBenchmark(
      (name + "/lanes:" + std::to_string(lanes) + "/n_fft:" + std::to_string(n_fft)).c_str(), function, lanes,
      n_fft)
      ->Unit(benchmark::kMillisecond);
}

}  // namespace
}  // namespace genretrack

int main(int argc, char** argv) {
  using namespace genretrack;
  for (int lanes : {16, 8, 4}) add("int16", extract_clip<std::int16_t>, lanes, 2048);
  for (int lanes : {16, 8, 4}) add("float", extract_clip<float>, lanes, 2048);
  for (int n_fft : {512, 1024, 4096, 8192}) add("int16", extract_clip<std::int16_t>, widest_lanes(), n_fft);
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}

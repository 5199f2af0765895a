// Milliseconds per 30 s clip of the CPU feature extractor on one thread, by kind, lane width, window and kind
// of sample. Compare the column "CPU" where other work goes on beside.
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

struct Work {
  std::string name;
  FeatureParams params;
};

FeatureParams params_of(int n_fft) {
  FeatureParams params;
  params.n_fft = n_fft;
  params.hop_length = n_fft / 4;
  return params;
}

// The kinds; what one costs is its time less flux's, which is what all of them do but the writing of the
// flux.
std::vector<Work> kinds() {
  std::vector<Work> works = {{"flux", {}},   {"tempogram", {}}, {"hpss", {}},
                             {"linear", {}}, {"deltas", {}},    {"torchaudio", {}}};
  works[1].params.percussion = PercussionKind::kTempogram;
  works[2].params.percussion = PercussionKind::kHpss;
  works[3].params.scale = SpectrogramScale::kLinear;
  works[4].params.deltas = 2;
  works[5].params.profile = Profile::kTorchaudio;
  return works;
}

template <class Sample>
void extract_clip(benchmark::State& state, int lanes, const FeatureParams& params) {
  if (lanes > widest_lanes()) {
    state.SkipWithError("this processor has no such lanes");
    return;
  }
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

void add(const std::string& name, void (*function)(benchmark::State&, int, const FeatureParams&), int lanes,
         const FeatureParams& params) {
  benchmark::RegisterBenchmark(
      (name + "/lanes:" + std::to_string(lanes) + "/n_fft:" + std::to_string(params.n_fft)).c_str(), function,
      lanes, params)
      ->Unit(benchmark::kMillisecond);
}

}  // namespace
}  // namespace genretrack

int main(int argc, char** argv) {
  using namespace genretrack;
  for (const Work& work : kinds())
    for (int lanes : {16, 8, 4}) add(work.name, extract_clip<std::int16_t>, lanes, work.params);
  for (int lanes : {16, 8, 4}) add("float samples", extract_clip<float>, lanes, params_of(2048));
  for (int n_fft : {256, 512, 1024, 4096, 8192})
    add("flux", extract_clip<std::int16_t>, widest_lanes(), params_of(n_fft));
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}

// Times the four transforms of 30 s clips whose samples lie in memory, and prints one JSON line with the
// median of the rounds, as peers that start from samples in memory do: memory_bench [options]
//   --percussion flux|tempogram|hpss   --threads 2   --batch 32   --rounds 10   --lanes 16|8|4
// Each thread has an extractor and takes the next clip of the batch until none is left. Results go to memory
// of their own for each clip, which is touched once before the clock starts.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "host/core/error.h"
#include "host/cpu/features/cpu_feature_extractor.h"
#include "host/cpu/features/kernels.h"
#include "tests/reference/dsp_signals.h"

namespace genretrack {
namespace {

struct Options {
  PercussionKind percussion = PercussionKind::kFlux;
  std::string percussion_name = "flux";
  int threads = 2, batch = 32, rounds = 10, lanes = widest_lanes();
};

int positive(const std::string& text) {
  const int value = std::atoi(text.c_str());
  if (value < 1 || value > 1000000) throw Error(ErrorKind::kUsage, "not a count: " + text);
  return value;
}

Options parse(const std::vector<std::string>& arguments) {
  const std::map<std::string, PercussionKind> kinds = {{"flux", PercussionKind::kFlux},
                                                       {"tempogram", PercussionKind::kTempogram},
                                                       {"hpss", PercussionKind::kHpss}};
  Options options;
  for (std::size_t i = 0; i < arguments.size(); i += 2) {
    const std::string& key = arguments[i];
    if (i + 1 == arguments.size()) throw Error(ErrorKind::kUsage, key + " needs a value");
    const std::string& value = arguments[i + 1];
    if (key == "--percussion" && kinds.count(value)) {
      options.percussion = kinds.at(value);
      options.percussion_name = value;
    } else if (key == "--threads") {
      options.threads = positive(value);
    } else if (key == "--batch") {
      options.batch = positive(value);
    } else if (key == "--rounds") {
      options.rounds = positive(value);
    } else if (key == "--lanes") {
      options.lanes = positive(value);
    } else {
      throw Error(ErrorKind::kUsage, "unknown: " + key + " " + value + "; see memory_bench.cc");
    }
  }
  return options;
}

// The memory of a batch of clips.
struct Batch {
  Batch(const FeatureParams& params, int count) {
    for (int i = 0; i < count; ++i) {
      pcm.push_back(i % 2 == 0 ? reference::music(params.clip_samples(), 1000 + i % 30)
                               : reference::noise(params.clip_samples()));
      ClipFeatures places;
      for (Transform t : kTransforms) {
        memory.emplace_back(static_cast<std::size_t>(params.rows(t)) *
                            static_cast<std::size_t>(params.frame_count()));
        places.rows[static_cast<std::size_t>(t)] = memory.back();
      }
      out.push_back(places);
    }
  }
  std::vector<std::vector<std::int16_t>> pcm;
  std::vector<std::vector<float>> memory;
  std::vector<ClipFeatures> out;
};

double milliseconds_of_round(std::vector<std::unique_ptr<FeatureExtractor>>& extractors, const Batch& batch) {
  const auto start = std::chrono::steady_clock::now();
  std::atomic<std::size_t> next{0};
  std::vector<std::thread> threads;
  for (auto& extractor : extractors)
    threads.emplace_back([&] {
      for (std::size_t i = next++; i < batch.pcm.size(); i = next++) {
        const Pcm clip = std::span(batch.pcm[i]);
        extractor->extract(std::span(&clip, 1), std::span(&batch.out[i], 1));
      }
    });
  for (std::thread& thread : threads) thread.join();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

void run(const Options& options) {
  FeatureParams params;
  params.percussion = options.percussion;
  const Batch batch(params, options.batch);
  std::vector<std::unique_ptr<FeatureExtractor>> extractors;
  for (int i = 0; i < options.threads; ++i)
    extractors.push_back(make_cpu_feature_extractor(params, options.lanes));
  for (int i = 0; i < 2; ++i) milliseconds_of_round(extractors, batch);
  std::vector<double> times;
  for (int i = 0; i < options.rounds; ++i) times.push_back(milliseconds_of_round(extractors, batch));
  std::sort(times.begin(), times.end());
  const std::size_t middle = times.size() / 2;
  const double median = times.size() % 2 ? times[middle] : (times[middle - 1] + times[middle]) / 2;
  std::printf(
      "{\"peer\": \"genretrack\", \"percussion\": \"%s\", \"device\": \"%s\", \"batch\": %d, \"threads\": "
      "%d, "
      "\"median_ms\": %.2f, \"min_ms\": %.2f, \"clips_per_second\": %.1f}\n",
      options.percussion_name.c_str(), extractors.front()->describe().c_str(), options.batch, options.threads,
      median, times.front(), 1e3 * options.batch / median);
}

}  // namespace
}  // namespace genretrack

int main(int argc, char** argv) {
  try {
    genretrack::run(genretrack::parse({argv + 1, argv + argc}));
    return 0;
  } catch (const genretrack::Error& error) {
    std::fprintf(stderr, "memory_bench: %s\n", error.what());
    return 2;
  }
}

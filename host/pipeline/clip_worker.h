// One thread's part of a build: clips whose rows are still right are taken over, the others decoded,
// transformed and stored.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "host/audio/decode.h"
#include "host/backend/feature_extractor.h"
#include "host/cache/cache_writer.h"
#include "host/pipeline/clip_reuse.h"

namespace genretrack {

struct ClipResult {
  enum class State { kWaiting, kReused, kComputed, kUnreadable };
  State state = State::kWaiting;
  std::string reason;  // why reused or computed; of an unreadable clip, what is wrong
  double seconds = 0;
};

// What the threads of a build share.
struct BuildShare {
  const CacheHeader& plan;
  const EarlierCache& earlier;
  CacheWriter& writer;
  bool verify;
  std::function<std::unique_ptr<FeatureExtractor>()> make_extractor;
  std::function<void()> clip_is_done;
  std::vector<ClipResult>& results;  // by row, each touched by one thread only
};

class ClipWorker {
 public:
  explicit ClipWorker(BuildShare& share) : share_(share) {}

  // Throws Error only for what ends the whole build, such as a full disk; a clip that cannot be read is a
  // result.
  void process(std::size_t row);
  // The clips that wait for a batch to be full.
  void finish();

 private:
  struct Pending {
    std::size_t row;
    Recording recording;
    RowFacts facts;
    std::string reason;
  };

  bool reuse(std::size_t row, const FileIdentity& file, std::string& reason);
  bool reuse_resumed(std::size_t row, const FileIdentity& file);
  bool copy(std::size_t row, std::size_t earlier_row, const FileIdentity& file, const char* why);
  void decode_clip(std::size_t row, const std::optional<FileIdentity>& file, std::string reason);
  std::optional<std::uint64_t> audio_hash(std::size_t row);
  void extract(const std::vector<Pending>& clips);
  ClipFeatures slot_rows(std::size_t slot);
  void store(const Pending& clip, std::size_t slot);
  void result(std::size_t row, ClipResult::State state, std::string reason, double seconds);
  void prepare();

  BuildShare& share_;
  std::unique_ptr<FeatureExtractor> extractor_;
  std::size_t batch_ = 1;
  std::vector<std::vector<float>> slots_;  // one clip's four transforms each, one after another
  std::vector<Pending> pending_;
  std::vector<std::byte> scratch_;
  std::optional<std::uint64_t> audio_hash_;  // of the clip at hand, where it was read already
};

}  // namespace genretrack

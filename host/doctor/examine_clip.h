// Everything the doctor looks at in one recording, gathered while it is read once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "host/doctor/fingerprint.h"
#include "host/doctor/signal_stats.h"

namespace genretrack {

struct ClipFacts {
  std::string error;      // why it cannot be read, as `cache` would say; empty where it can
  std::string container;  // container_of()
  bool open_end = false;  // an Ogg file without its last page
  std::uint64_t bytes = 0, file_hash = 0;
  std::uint64_t sound_hash = 0;  // of the mono samples and their rate: equal in any lossless container
  int sample_rate = 0, channels = 0;
  double seconds = 0;
  SignalStats signal;
  Fingerprint fingerprint;
};

// One per thread: buffers and the fingerprinter are used again.
class ClipExaminer {
 public:
  // Never throws for what is wrong with the recording: that is what it reports.
  ClipFacts examine(const std::filesystem::path& path);

 private:
  void read_sound(const std::filesystem::path& path, ClipFacts& facts);

  Fingerprinter fingerprinter_;
  std::vector<std::byte> bytes_;
  std::vector<float> frames_, mono_, resampled_;
};

}  // namespace genretrack

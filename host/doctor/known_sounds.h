// Which recordings are one sound, asked again and again of the same recordings: what was heard once is kept
// in a file, by the hash of each recording's bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <vector>

namespace genretrack {

struct SoundQuery {
  std::vector<std::filesystem::path> recordings;
  std::vector<std::uint64_t> audio_hashes;  // of their bytes, hash_file()
  std::filesystem::path store;              // made or brought up to date; empty: nothing is kept
  int threads = 1;
  std::function<void(std::size_t done, std::size_t total)> progress;  // by one thread at a time
};

// For each recording the first one of its sound: equal samples, or at least two seconds in common by their
// fingerprints (same_sound.h). Silent and unreadable recordings are like no other. A store that is damaged or
// cannot be written is none. Throws Error(kInterrupted).
std::vector<std::size_t> first_of_sound(const SoundQuery& query);

}  // namespace genretrack

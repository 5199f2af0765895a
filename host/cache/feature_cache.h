// The feature cache: an HDF5 file that h5py reads, with the transforms of every clip of a data set
// (docs/cache.md has the format). Reading never goes through HDF5's chunking or conversion: rows are read at
// their offsets.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "host/dsp/feature_params.h"

namespace genretrack {

enum class Storage { kFloat32, kFloat16 };

// XXH3 of a clip's stored row of each transform, by Transform.
using RowHashes = std::array<std::uint64_t, kTransformCount>;

struct CachedClip {
  std::string id, path, genre, artist;
  std::optional<int> year;
  double seconds = 0;            // of the recording, before it was cut or padded
  std::uint64_t audio_hash = 0;  // XXH3 of the file's bytes
  RowHashes row_hashes{};
};

class FeatureCache {
 public:
  // Throws Error(kData) with what is wrong and the remedy: not there, not HDF5, cut short, another format
  // version, an unfinished build.
  explicit FeatureCache(const std::filesystem::path& path);
  ~FeatureCache();
  FeatureCache(FeatureCache&&) noexcept;

  const std::filesystem::path& path() const;
  const FeatureParams& params() const;
  Storage storage() const;
  const std::vector<CachedClip>& clips() const;
  std::optional<std::size_t> find(const std::string& id) const;  // row of a clip

  // Rows of one transform for the given clips, as float32 (clips, rows, frames) into `out`, on `threads`
  // threads. Throws Error(kData) for a row whose bytes do not agree with their hash, that is not finite or
  // that cannot be read.
  void read(Transform transform, std::span<const std::size_t> clips, std::span<float> out,
            int threads = 1) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace genretrack

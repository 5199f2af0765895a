// Small caches for tests: five clips of a quarter of a second, with values that tell row, transform and
// place.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <sstream>
#include <string>
#include <vector>

#include "host/cache/cache_writer.h"
#include "host/cache/feature_cache.h"
#include "host/core/error.h"

namespace genretrack {

class CacheTest : public testing::Test {
 protected:
  CacheTest() {
    std::string name = std::filesystem::temp_directory_path() / "genretrack-cache-XXXXXX";
    folder_ = mkdtemp(name.data());
    target_ = folder_ / "features.h5";
  }
  ~CacheTest() override { std::filesystem::remove_all(folder_); }

  static CacheHeader plan(std::size_t clips = 5, Storage storage = Storage::kFloat32) {
    CacheHeader header;
    header.params.clip_seconds = 0.25;
    header.params.n_mels = 24;
    header.params.n_mfcc = 7;
    header.storage = storage;
    header.extractor_version = 1;
    header.program_version = "0.1.0";
    header.device = "test";
    for (std::size_t i = 0; i < clips; ++i) {
      CachedClip clip;
      clip.id = "jazz/" + std::to_string(i) + ".wav";
      clip.path = "/music/jazz/" + std::to_string(i) + ".wav";
      clip.genre = "jazz";
      clip.artist = i % 2 == 0 ? "" : "Tr\xc3\xa4umer";
      if (i % 2 == 0) clip.year = 1950 + static_cast<int>(i);
      header.clips.push_back(clip);
    }
    return header;
  }

  static std::size_t values(const CacheHeader& header, Transform t) {
    return static_cast<std::size_t>(header.params.rows(t) * header.params.frame_count());
  }
  static std::vector<float> row_values(const CacheHeader& header, std::size_t row, Transform t) {
    std::vector<float> result(values(header, t));
    std::iota(result.begin(), result.end(),
              static_cast<float>(-100 * static_cast<int>(row) - static_cast<int>(t)));
    for (float& value : result) value *= 0.125f;
    return result;
  }
  static RowFacts facts(std::size_t row) {
    return {
        29.5 + static_cast<double>(row), 1000 + row, {}, {4000 + row, 1'700'000'000'000'000'001, 77 + row}};
  }

  static void write_row(CacheWriter& writer, const CacheHeader& header, std::size_t row) {
    std::array<std::vector<float>, kTransformCount> owned;
    std::array<std::span<const float>, kTransformCount> spans;
    for (const Transform t : kTransforms) {
      const auto i = static_cast<std::size_t>(t);
      owned[i] = row_values(header, row, t);
      spans[i] = owned[i];
    }
    CacheWriter::Scratch scratch;
    writer.write(row, spans, facts(row), scratch);
  }

  void build(const CacheHeader& header) const { build(header, target_); }
  static void build(const CacheHeader& header, const std::filesystem::path& target) {
    CacheWriter writer(target, header);
    for (std::size_t row = 0; row < header.clips.size(); ++row)
      writer.resumed().contains(row) ? writer.keep(row) : write_row(writer, header, row);
    writer.finish();
  }

  static std::string bytes(const std::filesystem::path& path) {
    std::ostringstream content;
    content << std::ifstream(path, std::ios::binary).rdbuf();
    return std::move(content).str();
  }
  static void write_bytes(const std::filesystem::path& path, const std::string& content) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
  }
  static void flip_bit(const std::filesystem::path& path, std::size_t at, int bit) {
    std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
    file.seekg(static_cast<std::streamoff>(at));
    const int value = file.get() ^ (1 << bit);
    file.seekp(static_cast<std::streamoff>(at));
    file.put(static_cast<char>(value));
  }

  std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_))
      names.push_back(entry.path().filename().string());
    std::ranges::sort(names);
    return names;
  }

  std::filesystem::path folder_, target_;
};

template <class Call>
std::string data_error(const Call& call) {
  try {
    call();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kData) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "expected an error";
  return {};
}

}  // namespace genretrack

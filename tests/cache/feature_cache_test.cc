#include "host/cache/feature_cache.h"

#include <hdf5.h>
#include <sys/stat.h>
#include <xxhash.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "tests/cache/cache_fixture.h"

namespace genretrack {
namespace {

using FeatureCacheTest = CacheTest;

TEST_F(FeatureCacheTest, ReadsBackWhatWasWritten) {
  const CacheHeader header = plan();
  build(header);
  const FeatureCache cache(target_);
  EXPECT_EQ(cache.params(), header.params);
  EXPECT_EQ(cache.storage(), Storage::kFloat32);
  ASSERT_EQ(cache.clips().size(), 5u);
  for (std::size_t i = 0; i < 5; ++i) {
    const CachedClip& clip = cache.clips()[i];
    EXPECT_EQ(clip.id, header.clips[i].id);
    EXPECT_EQ(clip.path, header.clips[i].path);
    EXPECT_EQ(clip.genre, "jazz");
    EXPECT_EQ(clip.artist, header.clips[i].artist);
    EXPECT_EQ(clip.year, header.clips[i].year);
    EXPECT_EQ(clip.seconds, 29.5 + static_cast<double>(i));
    EXPECT_EQ(clip.audio_hash, 1000 + i);
    EXPECT_EQ(cache.find(clip.id), i);
  }
  EXPECT_FALSE(cache.find("jazz/9.wav"));
  const std::vector<std::size_t> wanted = {4, 0, 2, 2};
  for (const Transform t : kTransforms)
    for (const int threads : {1, 3, 9}) {
      const std::size_t n = values(header, t);
      std::vector<float> out(wanted.size() * n);
      cache.read(t, wanted, out, threads);
      for (std::size_t i = 0; i < wanted.size(); ++i)
        EXPECT_EQ(std::vector<float>(out.begin() + static_cast<std::ptrdiff_t>(i * n),
                                     out.begin() + static_cast<std::ptrdiff_t>((i + 1) * n)),
                  row_values(header, wanted[i], t));
    }
}

TEST_F(FeatureCacheTest, StoresFloat16WithinHalfAUnitOfItsLastPlace) {
  const CacheHeader header = plan(3, Storage::kFloat16);
  build(header);
  const FeatureCache cache(target_);
  EXPECT_EQ(cache.storage(), Storage::kFloat16);
  std::vector<float> out(values(header, Transform::kSpectrogram));
  const std::vector<std::size_t> row = {2};
  cache.read(Transform::kSpectrogram, row, out);
  const std::vector<float> expected = row_values(header, 2, Transform::kSpectrogram);
  for (std::size_t i = 0; i < out.size(); ++i)
    EXPECT_NEAR(out[i], expected[i], std::max(1e-7, std::abs(double(expected[i])) / 2048)) << i;
}

// The layout that docs/cache.md promises to other programs, read the way they read it.
TEST_F(FeatureCacheTest, IsAPlainHdf5File) {
  for (const Storage storage : {Storage::kFloat32, Storage::kFloat16}) {
    const CacheHeader header = plan(5, storage);
    build(header);
    const hid_t file = H5Fopen(target_.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
    ASSERT_GE(file, 0);
    for (const Transform t : kTransforms) {
      const hid_t set = H5Dopen2(file, ("/features/" + std::string(name(t))).c_str(), H5P_DEFAULT);
      const hid_t space = H5Dget_space(set);
      hsize_t shape[3] = {};
      ASSERT_EQ(H5Sget_simple_extent_ndims(space), 3);
      H5Sget_simple_extent_dims(space, shape, nullptr);
      EXPECT_EQ(shape[0], 5u);
      EXPECT_EQ(shape[1], static_cast<hsize_t>(header.params.rows(t)));
      EXPECT_EQ(shape[2], static_cast<hsize_t>(header.params.frame_count()));
      std::vector<float> all(5 * values(header, t));
      ASSERT_GE(H5Dread(set, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, all.data()), 0);
      for (std::size_t row = 0; row < 5; ++row) {
        const std::vector<float> expected = row_values(header, row, t);
        for (std::size_t i = 0; i < expected.size(); ++i)
          ASSERT_NEAR(all[row * expected.size() + i], expected[i],
                      storage == Storage::kFloat32 ? 0 : std::abs(double(expected[i])) / 2048);
      }
      H5Sclose(space);
      H5Dclose(set);
    }
    H5Fclose(file);
  }
}

TEST_F(FeatureCacheTest, SameRowsMakeTheSameBytes) {
  build(plan());
  const auto other = folder_ / "other.h5";
  build(plan(), other);
  EXPECT_EQ(bytes(target_), bytes(other));
}

TEST_F(FeatureCacheTest, SaysWhatIsWrongWithOtherFiles) {
  const auto error = [&] { return data_error([&] { FeatureCache cache(target_); }); };
  EXPECT_NE(error().find("there is no such feature cache"), std::string::npos);
  write_bytes(target_, "");
  EXPECT_NE(error().find("not an HDF5 file"), std::string::npos);
  write_bytes(target_, "clip,genre\n");
  EXPECT_NE(error().find("not an HDF5 file"), std::string::npos);
  std::filesystem::remove(target_);
  std::filesystem::create_directory(target_);
  EXPECT_NE(error().find("folder"), std::string::npos);
  std::filesystem::remove(target_);
  H5Fclose(H5Fcreate(target_.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT));
  EXPECT_NE(error().find("not a feature cache"), std::string::npos);
  std::filesystem::remove(target_);
  ASSERT_EQ(mkfifo(target_.c_str(), 0600), 0);
  EXPECT_NE(error().find("not a regular file"), std::string::npos);
}

TEST_F(FeatureCacheTest, SaysThatABuildIsNotFinished) {
  {
    const CacheHeader header = plan();
    CacheWriter writer(target_, header);
    write_row(writer, header, 0);
  }
  EXPECT_NE(data_error([&] { FeatureCache cache(target_); }).find("not finished"), std::string::npos);
  for (const std::string& file : files()) {
    if (!file.ends_with(".partial")) continue;
    const std::string message = data_error([&] { FeatureCache cache(folder_ / file); });
    EXPECT_NE(message.find("not finished"), std::string::npos) << message;
  }
}

TEST_F(FeatureCacheTest, RefusesEveryTruncation) {
  build(plan());
  const std::string whole = bytes(target_);
  std::vector<std::size_t> lengths = {1, 7, 8, 9, 47, 48, whole.size() - 1, whole.size() - 4096};
  for (std::size_t length = 0; length < whole.size(); length += 997) lengths.push_back(length);
  for (const std::size_t length : lengths) {
    write_bytes(target_, whole.substr(0, length));
    data_error([&] { FeatureCache cache(target_); });
  }
}

// Every byte of the file is a row's, where a hash covers it, or one whose damage opening finds.
TEST_F(FeatureCacheTest, RefusesDamageOutsideRows) {
  const CacheHeader header = plan(2);
  build(header);
  const std::string whole = bytes(target_);
  const CacheFile layout = open_cache_file(target_);
  const auto in_row = [&](std::size_t at) {
    for (const Transform t : kTransforms)
      if (at >= layout.row_offset(t, 0) && at < layout.row_offset(t, 2)) return true;
    return false;
  };
  std::size_t tried = 0;
  for (std::size_t at = 0; at < whole.size(); ++at) {
    if (in_row(at)) continue;
    flip_bit(target_, at, static_cast<int>(at % 8));
    data_error([&] { open_cache_file(target_); });
    ASSERT_TRUE(was_a_cache(target_)) << at;
    flip_bit(target_, at, static_cast<int>(at % 8));
    ++tried;
  }
  EXPECT_GT(tried, 1500u);
  open_cache_file(target_);
}

// A file that whoever made it has closed with the right hash, but whose numbers lie.
TEST_F(FeatureCacheTest, RefusesAnIndexThatLeadsOutOfTheFile) {
  build(plan(2));
  const std::string whole = bytes(target_);
  const std::size_t tail = whole.size() - 32;
  std::uint64_t index_size = 0;
  std::memcpy(&index_size, whole.data() + tail + 8, 8);
  // Behind the clips stand the places of rows, columns and checksum, and a hash.
  for (std::size_t number = kTransformCount + kColumnNames.size() + 2; number > 1; --number)
    for (const std::uint64_t lie : {std::uint64_t{0}, std::uint64_t{whole.size()}, ~std::uint64_t{0}}) {
      std::string forged = whole;
      std::memcpy(forged.data() + tail - 8 * number, &lie, 8);
      const std::uint64_t hash = XXH3_64bits(forged.data() + tail - index_size, index_size);
      std::memcpy(forged.data() + tail + 16, &hash, 8);
      write_bytes(target_, forged);
      const std::string message = data_error([&] { open_cache_file(target_); });
      EXPECT_NE(message.find("build it again"), std::string::npos) << message;
    }
}

TEST_F(FeatureCacheTest, SaysThatAnotherVersionMadeIt) {
  build(plan(2));
  std::string content = bytes(target_);
  content[content.size() - 32] = 77;
  write_bytes(target_, content);
  const std::string message = data_error([&] { open_cache_file(target_); });
  EXPECT_NE(message.find("format version 77"), std::string::npos) << message;
  EXPECT_TRUE(has_another_format(target_));
}

TEST_F(FeatureCacheTest, ReadsNoRowWithAFlippedBit) {
  for (const Storage storage : {Storage::kFloat32, Storage::kFloat16}) {
    const CacheHeader header = plan(3, storage);
    build(header);
    const CacheFile layout = open_cache_file(target_);
    for (const Transform t : kTransforms) {
      const std::size_t size = row_bytes(header, t);
      std::vector<float> out(values(header, t));
      const std::vector<std::size_t> damaged = {1}, first = {0}, last = {2};
      for (std::size_t at = 0; at < size; at += 17) {
        flip_bit(target_, layout.row_offset(t, 1) + at, static_cast<int>(at % 8));
        const FeatureCache cache(target_);
        cache.read(t, first, out);
        cache.read(t, last, out);
        const std::string message = data_error([&] { cache.read(t, damaged, out); });
        EXPECT_NE(message.find("the " + std::string(name(t)) + " of jazz/1.wav is not what was stored"),
                  std::string::npos)
            << message;
        flip_bit(target_, layout.row_offset(t, 1) + at, static_cast<int>(at % 8));
      }
    }
  }
}

// Written by another program, with hashes that agree.
TEST_F(FeatureCacheTest, RefusesValuesThatAreNotFinite) {
  const CacheHeader header = plan();
  build(header);
  {
    CacheFile file = open_cache_file(target_, Need::kAny);
    const float nan = std::numeric_limits<float>::quiet_NaN();
    write_at(file.file, file.row_offset(Transform::kMfcc, 3) + 4, std::as_bytes(std::span(&nan, 1)), target_);
    std::vector<std::byte> row;
    const auto mfcc = static_cast<std::size_t>(Transform::kMfcc);
    std::uint64_t& hash = file.header.clips[3].row_hashes[mfcc];
    hash = read_stored_row(file, 3, row)[mfcc];
    const auto column = static_cast<std::size_t>(hash_column(Transform::kMfcc));
    write_at(file.file, file.columns[column] + 8 * 3, std::as_bytes(std::span(&hash, 1)), target_);
    const std::uint64_t checksum = header_checksum(file.header);
    write_at(file.file, file.checksum, std::as_bytes(std::span(&checksum, 1)), target_);
  }
  const FeatureCache cache(target_);
  std::vector<float> out(values(header, Transform::kMfcc));
  const std::vector<std::size_t> damaged = {3}, whole = {2};
  cache.read(Transform::kMfcc, whole, out);
  const std::string message = data_error([&] { cache.read(Transform::kMfcc, damaged, out, 2); });
  EXPECT_NE(message.find("mfcc of jazz/3.wav"), std::string::npos) << message;
}

}  // namespace
}  // namespace genretrack

#include "host/train/state_file.h"

#include <gtest/gtest.h>
#include <hdf5.h>
#include <unistd.h>
#include <xxhash.h>

#include <fstream>

#include "host/core/error.h"
#include "host/core/files.h"

namespace genretrack {
namespace {

class StateFileTest : public ::testing::Test {
 protected:
  StateFileTest() {
    folder_ = std::filesystem::temp_directory_path() / ("genretrack-state-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder_);
    state_.arrays["branches/mfcc/parameters/output/weight"] = {{2, 3}, {1, -2, 3.5f, 1e-30f, 0, 6}};
    state_.arrays["mean"] = {{1}, {0.25f}};
    state_.texts = {{"key", "abc"}, {"empty", ""}, {"long", std::string(100000, 'x')}};
  }
  ~StateFileTest() override { std::filesystem::remove_all(folder_); }

  // Without the sync of write_file_atomically(), which thousands of damaged files would wait for.
  static void write(const std::filesystem::path& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
  }

  std::filesystem::path folder_;
  StateFile state_;
};

TEST_F(StateFileTest, ReadsBackWhatWasWritten) {
  state_.save(folder_ / "a.h5");
  const StateFile back = StateFile::load(folder_ / "a.h5");
  ASSERT_EQ(back.arrays.size(), 2u);
  const auto& weight = back.array("branches/mfcc/parameters/output/weight");
  EXPECT_EQ(weight.shape, (std::vector<int>{2, 3}));
  EXPECT_EQ(weight.values, state_.arrays["branches/mfcc/parameters/output/weight"].values);
  EXPECT_EQ(back.text("key"), "abc");
  EXPECT_EQ(back.text("empty"), "");
  EXPECT_EQ(back.text("long").size(), 100000u);
}

TEST_F(StateFileTest, EqualContentGivesEqualBytes) {
  state_.save(folder_ / "a.h5");
  state_.save(folder_ / "b.h5");
  EXPECT_EQ(read_file(folder_ / "a.h5"), read_file(folder_ / "b.h5"));
}

TEST_F(StateFileTest, NamesWhatIsMissing) {
  state_.save(folder_ / "a.h5");
  const StateFile back = StateFile::load(folder_ / "a.h5");
  try {
    back.array("scale");
    FAIL() << "an absent array was found";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kData);
    EXPECT_NE(std::string(error.what()).find("scale"), std::string::npos);
    EXPECT_NE(std::string(error.what()).find("a.h5"), std::string::npos);
  }
}

TEST_F(StateFileTest, NeverBelievesADamagedFile) {
  state_.texts["long"] = "short";
  state_.save(folder_ / "a.h5");
  const std::string good = read_file(folder_ / "a.h5");
  for (std::size_t at = 0; at < good.size(); at += 13) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 0x10);
    write(folder_ / "bad.h5", bad);
    EXPECT_THROW(StateFile::load(folder_ / "bad.h5"), Error) << at;
  }
}

// Somebody may make the hash right over sizes that no bytes stand behind.
TEST_F(StateFileTest, TakesNoMemoryForSizesThatAFileClaims) {
  for (const char* name : {"arrays/weight", "text/key"}) {
    const std::filesystem::path path = folder_ / "claims.h5";
    const hid_t file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    H5Gclose(H5Gcreate2(file, std::filesystem::path(name).parent_path().c_str(), H5P_DEFAULT, H5P_DEFAULT,
                        H5P_DEFAULT));
    const hsize_t extents[] = {1 << 20, 1 << 20};
    const hid_t space = H5Screate_simple(2, extents, nullptr);
    H5Dclose(H5Dcreate2(file, name, H5T_IEEE_F32LE, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    H5Sclose(space);
    H5Fclose(file);
    std::string bytes = read_file(path);
    const std::uint64_t hash = XXH3_64bits(bytes.data(), bytes.size());
    bytes += "GTSTATE1";
    bytes.append(reinterpret_cast<const char*>(&hash), sizeof hash);
    write(path, bytes);
    try {
      StateFile::load(path);
      FAIL() << name;
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find("believe the size of " + std::string(name)), std::string::npos)
          << error.what();
    }
  }
}

TEST_F(StateFileTest, RefusesEveryShorterFile) {
  state_.texts["long"] = "short";
  state_.save(folder_ / "a.h5");
  const std::string good = read_file(folder_ / "a.h5");
  for (std::size_t size = 0; size < good.size(); size += 499) {
    write(folder_ / "cut.h5", good.substr(0, size));
    EXPECT_THROW(StateFile::load(folder_ / "cut.h5"), Error) << size;
  }
}

}  // namespace
}  // namespace genretrack

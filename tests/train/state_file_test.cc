#include "host/train/state_file.h"

#include <gtest/gtest.h>
#include <hdf5.h>
#include <unistd.h>
#include <xxhash.h>

#include <cstring>
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

// Somebody may make the hash right over an index that no bytes stand behind.
TEST_F(StateFileTest, BelievesNoIndexThatTheFileDoesNotBearOut) {
  state_.save(folder_ / "a.h5");
  const std::string good = read_file(folder_ / "a.h5");
  const auto forged = [&](const std::string& from, const std::string& to) {
    std::string bytes = good.substr(0, good.size() - 24);
    const std::size_t at = bytes.rfind(from);
    bytes.replace(at, from.size(), to);
    std::uint64_t size = 0;
    std::memcpy(&size, good.data() + good.size() - 24, sizeof size);
    size += to.size() - from.size();
    bytes.append(reinterpret_cast<const char*>(&size), sizeof size);
    const std::uint64_t hash = XXH3_64bits(bytes.data(), bytes.size());
    bytes.append(reinterpret_cast<const char*>(&hash), sizeof hash);
    return bytes + "GTSTATE2";
  };
  EXPECT_NO_THROW(StateFile::parse(forged("[2,3]", "[3,2]"), "same size"));
  for (const auto& [from, to] :
       std::vector<std::pair<std::string, std::string>>{{"[2,3]", "[1048576,1048576]"},
                                                        {"[2,3]", "[4294967296,4294967296]"},
                                                        {"[2,3]", "[-2,3]"},
                                                        {"[2,3]", "[2.5,3]"},
                                                        {"[2,3]", "\"no\""},
                                                        {"\"offset\":", "\"offset\":9"},
                                                        {"[100000]", "[100001000]"},
                                                        {"{\"arrays\"", "[{\"arrays\""}}) {
    try {
      StateFile::parse(forged(from, to), "forged");
      ADD_FAILURE() << from << " as " << to;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kData);
    }
  }
}

TEST_F(StateFileTest, IsReadableWithHdf5) {
  state_.save(folder_ / "a.h5");
  const hid_t file = H5Fopen((folder_ / "a.h5").c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
  const hid_t set = H5Dopen2(file, "arrays/branches/mfcc/parameters/output/weight", H5P_DEFAULT);
  std::vector<float> values(6);
  EXPECT_GE(H5Dread(set, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), 0);
  EXPECT_EQ(values, state_.arrays["branches/mfcc/parameters/output/weight"].values);
  H5Dclose(set);
  H5Fclose(file);
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

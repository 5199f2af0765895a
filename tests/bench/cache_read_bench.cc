// Every row of a cache, read by us and by H5Dread in turns: cache_read_bench CACHE THREADS
// Prints one line of JSON, MB of float32 per second.
#include <hdf5.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <numeric>
#include <string>
#include <vector>

#include "host/cache/feature_cache.h"
#include "host/core/error.h"

namespace genretrack {
namespace {

constexpr int kRounds = 9;

template <class Work>
double seconds(const Work& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

double h5dread_everything(const std::string& path, std::vector<std::vector<float>>& out) {
  return seconds([&] {
    const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
    for (const Transform t : kTransforms) {
      const hid_t set = H5Dopen2(file, ("/features/" + std::string(name(t))).c_str(), H5P_DEFAULT);
      if (H5Dread(set, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT,
                  out[static_cast<std::size_t>(t)].data()) < 0)
        throw Error(ErrorKind::kData, path + ": H5Dread failed");
      H5Dclose(set);
    }
    H5Fclose(file);
  });
}

double read_everything(const std::string& path, std::vector<std::vector<float>>& out, int threads) {
  return seconds([&] {
    const FeatureCache cache(path);
    std::vector<std::size_t> rows(cache.clips().size());
    std::iota(rows.begin(), rows.end(), std::size_t{0});
    for (const Transform t : kTransforms) cache.read(t, rows, out[static_cast<std::size_t>(t)], threads);
  });
}

void read(const std::string& path, int threads) {
  std::vector<std::vector<float>> ours, theirs;
  std::size_t values = 0;
  {
    const FeatureCache cache(path);
    for (const Transform t : kTransforms) {
      ours.emplace_back(cache.clips().size() * static_cast<std::size_t>(cache.params().rows(t)) *
                        static_cast<std::size_t>(cache.params().frame_count()));
      values += ours.back().size();
    }
    theirs = ours;
  }
  std::vector<double> our_times, their_times;
  for (int round = 0; round < kRounds; ++round) {
    our_times.push_back(read_everything(path, ours, threads));
    their_times.push_back(h5dread_everything(path, theirs));
    if (ours != theirs) throw Error(ErrorKind::kFailure, path + ": read otherwise than by HDF5");
  }
  const double megabytes = static_cast<double>(values) * sizeof(float) / 1e6;
  std::cout << "{\"ours_mb_per_second\": " << megabytes / median(our_times)
            << ", \"hdf5_mb_per_second\": " << megabytes / median(their_times) << "}\n";
}

}  // namespace
}  // namespace genretrack

int main(int argc, char** argv) {
  using namespace genretrack;
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  try {
    if (arguments.size() != 2) throw Error(ErrorKind::kUsage, "cache_read_bench CACHE THREADS");
    read(arguments[0], std::stoi(arguments[1]));
  } catch (const Error& error) {
    std::cerr << error.what() << '\n';
    return error.exit_code();
  }
}

// libFuzzer: any bytes as a feature cache are read or refused with an Error, and any bytes as the journal of
// an unfinished build let the build be finished. Inputs that begin like HDF5 are caches, others journals.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <string_view>
#include <vector>

#include "host/cache/cache_writer.h"
#include "host/cache/feature_cache.h"
#include "host/core/error.h"
#include "host/core/utf8.h"
#include "tests/core/temporary_folder.h"
#include "tests/fuzz/cache_seal.h"
#include "tests/fuzz/memory_file.h"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);

namespace genretrack {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSignature("\x89HDF\r\n\x1a\n", 8);

void require(bool good) {
  if (!good) __builtin_trap();
}

template <class Call>
void expect_done_or_refused(const Call& call) {
  try {
    call();
  } catch (const Error& error) {
    require(error.kind() == ErrorKind::kData && is_utf8(error.what()));
  }
}

// The cache that journals are about: three clips of 0.1 s.
CacheHeader plan() {
  CacheHeader header;
  header.params.clip_seconds = 0.1;
  header.params.n_mels = 4;
  header.params.n_mfcc = 2;
  header.extractor_version = 1;
  header.program_version = "0.1.0";
  header.device = "fuzz";
  for (const char* id : {"jazz/a.wav", "jazz/b.wav", "pop/c.wav"}) {
    CachedClip clip;
    clip.id = clip.path = id;
    clip.genre = clip.id.substr(0, clip.id.find('/'));
    header.clips.push_back(clip);
  }
  return header;
}

void write_rows(CacheWriter& writer, std::size_t first, std::size_t end) {
  const CacheHeader header = plan();
  CacheWriter::Scratch scratch;
  for (std::size_t row = first; row < end; ++row) {
    if (writer.resumed().contains(row)) {
      writer.keep(row);
      continue;
    }
    std::vector<float> values(row_bytes(header, Transform::kChromagram), static_cast<float>(row));
    std::array<std::span<const float>, kTransformCount> spans;
    for (const Transform t : kTransforms)
      spans[static_cast<std::size_t>(t)] = std::span(values).first(row_bytes(header, t) / 4);
    writer.write(row, spans, {1.0, row, {}, {row, 1, row}}, scratch);
  }
}

void read_all(const fs::path& path) {
  const FeatureCache cache(path);
  require(!cache.clips().empty());
  for (const Transform t : kTransforms) {
    const std::vector<std::size_t> rows = {0, cache.clips().size() - 1};
    std::vector<float> out(2 * static_cast<std::size_t>(cache.params().rows(t)) *
                           static_cast<std::size_t>(cache.params().frame_count()));
    cache.read(t, rows, out);
    for (const float value : out) require(std::isfinite(value));
  }
}

void open_cache(std::span<const std::uint8_t> bytes) {
  static MemoryFile file;
  file.fill(bytes);
  expect_done_or_refused([&] { read_all(file.path()); });
  expect_done_or_refused([&] {
    const CacheFile cache = open_cache_file(file.path(), Need::kAny);
    std::vector<std::byte> row;
    (void)read_stored_row(cache, cache.header.clips.size() - 1, row);
  });
}

std::vector<std::uint8_t> bytes_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// A folder with an unfinished build of one row, as it was left, and a finished cache beside it.
struct Build {
  TemporaryFolder folder;
  fs::path target = folder / "f.h5", finished = folder / "finished.h5", partial;
  std::vector<std::uint8_t> journal, cache;
  Build() {
    {
      CacheWriter writer(target, plan());
      write_rows(writer, 0, 1);
    }
    partial = folder / ("f.h5." + hex(plan_key(plan())) + ".partial");
    fs::copy_file(partial, folder / "kept");
    journal = bytes_of(folder / "f.h5.journal");
    CacheWriter writer(finished, plan());
    write_rows(writer, 0, plan().clips.size());
    writer.finish();
    cache = bytes_of(finished);
  }
};

const Build& real_build() {
  static const Build build;
  return build;
}

void resume(std::span<const std::uint8_t> journal) {
  const Build& build = real_build();
  fs::copy_file(build.folder / "kept", build.partial, fs::copy_options::overwrite_existing);
  std::ofstream(build.folder / "f.h5.journal", std::ios::binary | std::ios::trunc)
      .write(reinterpret_cast<const char*>(journal.data()), static_cast<std::streamsize>(journal.size()));
  CacheWriter writer(build.target, plan());
  for (const auto& [row, facts] : writer.resumed()) require(row < plan().clips.size());
  write_rows(writer, 0, plan().clips.size());
  writer.finish();
  read_all(build.target);
}

}  // namespace
}  // namespace genretrack

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (text.starts_with(genretrack::kSignature))
    genretrack::open_cache({data, size});
  else
    genretrack::resume({data, size});
  return 0;
}

#ifdef GENRETRACK_FUZZ
// Every input descends from a real cache or a real journal. Three of four get their hashes made right.
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most,
                                               unsigned int seed) {
  if (size < 8) {
    const auto& build = genretrack::real_build();
    const std::vector<std::uint8_t>& real = seed % 2 == 0 ? build.cache : build.journal;
    if (real.size() > most) return size;
    std::ranges::copy(real, data);
    return real.size();
  }
  size = LLVMFuzzerMutate(data, size, most);
  if (seed % 4 == 0) return size;
  if (std::string_view(reinterpret_cast<const char*>(data), size).starts_with(genretrack::kSignature))
    genretrack::seal_cache({data, size}, seed % 4 != 1);
  else
    genretrack::seal_journal({data, size});
  return size;
}
#endif

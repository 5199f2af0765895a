// libFuzzer: any bytes as a CSV manifest or as FMA's tracks.csv give a data set whose recordings all lie in
// the folder that belongs to it, or are refused with an Error. Inputs that begin with a comma are FMA's.
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <string_view>

#include "host/core/error.h"
#include "host/core/utf8.h"
#include "host/dataset/dataset.h"
#include "tests/core/temporary_folder.h"

namespace genretrack {
namespace {

namespace fs = std::filesystem;

void require(bool good) {
  if (!good) __builtin_trap();
}

void put(const fs::path& path, std::string_view bytes) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

// Recordings of a manifest, of its data root, of FMA, and one that belongs to none of them.
struct Folders {
  TemporaryFolder all;
  fs::path set = all / "set", root = all / "root", fma = all / "fma";
  Folders() {
    for (const char* name :
         {"set/a.wav", "set/b/c.ogg", "root/d.wav", "outside.wav", "fma/fma_small/000/000002.mp3",
          "fma/fma_small/000/000005.mp3", "fma/fma_small/000/000010.mp3"})
      put(all / name, "x");
  }
};

void check_dataset(const fs::path& path, const fs::path& home, const fs::path& data_root) {
  try {
    const Dataset dataset = read_dataset(path, {.data_root = data_root});
    std::set<std::string> ids;
    for (const Clip& clip : dataset.clips) {
      require(ids.insert(clip.id).second && is_one_line_text(clip.id) && is_one_line_text(clip.artist));
      const std::string real = fs::canonical(clip.path).string();
      require(real.starts_with(home.string() + "/") ||
              (!data_root.empty() && real.starts_with(data_root.string() + "/")));
      (void)dataset.genre_index(clip.genre);
    }
  } catch (const Error& error) {
    require(error.kind() == ErrorKind::kData && is_utf8(error.what()));
  }
}

}  // namespace
}  // namespace genretrack

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const genretrack::Folders folders;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (text.starts_with(',')) {
    genretrack::put(folders.fma / "fma_metadata/tracks.csv", text);
    genretrack::check_dataset(folders.fma, folders.fma, {});
  } else {
    genretrack::put(folders.set / "list.csv", text);
    genretrack::check_dataset(folders.set / "list.csv", folders.set, size % 2 == 0 ? folders.root : "");
  }
  return 0;
}

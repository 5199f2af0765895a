#include "host/dataset/folders.h"

#include <algorithm>

#include "host/core/audio_suffix.h"
#include "host/core/error.h"

namespace genretrack {
namespace {

namespace fs = std::filesystem;

bool hidden(const fs::path& path) {
  const std::string name = path.filename().string();
  return name.starts_with('.') || name == "__MACOSX";  // "._*": what macOS leaves beside each file
}

fs::path normal(const fs::path& path) {
  const fs::path whole = fs::absolute(path).lexically_normal();
  return whole.has_filename() ? whole : whole.parent_path();  // without a slash at the end
}

bool starts_with(const fs::path& path, const fs::path& folder) {
  const auto [in_folder, in_path] = std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
  return in_folder == folder.end() && in_path != path.end();
}

}  // namespace

std::vector<fs::path> list_folder(const fs::path& folder) {
  std::error_code error;
  fs::directory_iterator entries(folder, error);
  std::vector<fs::path> paths;
  for (; !error && entries != fs::directory_iterator(); entries.increment(error))
    if (!hidden(entries->path())) paths.push_back(entries->path());
  if (error)
    throw Error(ErrorKind::kData, folder.string() + ": this folder cannot be listed: " + error.message() +
                                      "; change its permissions");
  std::sort(paths.begin(), paths.end());
  return paths;
}

// A link to a folder could lead in a circle.
void find_recordings(const fs::path& folder, std::vector<fs::path>& found) {
  for (const fs::path& path : list_folder(folder)) {
    std::error_code ignored;
    // A folder named like a recording is one to the reader, too: decoding it says what is wrong.
    if (is_audio_file(path))
      found.push_back(path);
    else if (fs::is_directory(fs::symlink_status(path, ignored)))
      find_recordings(path, found);
  }
}

fs::path folder_of(const fs::path& file) {
  return file.has_parent_path() ? file.parent_path() : fs::path(".");
}

bool lies_under(const fs::path& path, const fs::path& folder) {
  if (starts_with(normal(path), normal(folder))) return true;
  std::error_code error;
  const fs::path real_folder = fs::canonical(folder, error);
  if (error) return false;
  const fs::path real = fs::weakly_canonical(normal(path), error);
  return !error && starts_with(real, real_folder);
}

std::string relative_name(const fs::path& path, const fs::path& folder) {
  if (starts_with(normal(path), normal(folder)))
    return normal(path).lexically_relative(normal(folder)).generic_string();
  return fs::weakly_canonical(normal(path)).lexically_relative(fs::canonical(folder)).generic_string();
}

}  // namespace genretrack

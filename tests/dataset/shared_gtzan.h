// Where the recordings that are not part of the project lie, if this machine has them.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <optional>

namespace genretrack {

// GENRETRACK_SHARED, or the folder `shared` beside the checkout.
inline std::optional<std::filesystem::path> shared_gtzan() {
  const char* given = std::getenv("GENRETRACK_SHARED");
  const std::filesystem::path shared =
      given ? std::filesystem::path(given)
            : std::filesystem::path(__FILE__).parent_path() / ".." / ".." / ".." / "shared";
  const std::filesystem::path gtzan = shared / "gtzan";
  std::error_code ignored;
  if (!std::filesystem::is_directory(gtzan / "genres", ignored)) return std::nullopt;
  return gtzan;
}

}  // namespace genretrack

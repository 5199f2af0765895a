#include "host/train/file_hashes.h"

#include <spdlog/fmt/fmt.h>

#include <array>

#include "host/core/files.h"
#include "host/core/xxh3.h"

namespace genretrack {
namespace {

// In pieces: a model may be large.
std::string hash_file_text(const std::filesystem::path& path) {
  const std::unique_ptr<XXH3_state_t, XXH_errorcode (*)(XXH3_state_t*)> state(XXH3_createState(),
                                                                              XXH3_freeState);
  XXH3_128bits_reset(state.get());
  read_in_pieces(
      path, [&](std::string_view piece) { XXH3_128bits_update(state.get(), piece.data(), piece.size()); });
  const XXH128_hash_t hash = XXH3_128bits_digest(state.get());
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

}  // namespace

std::string hash_text(std::string_view text) {
  const XXH128_hash_t hash = XXH3_128bits(text.data(), text.size());
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

nlohmann::ordered_json hash_files(const std::filesystem::path& folder, std::span<const char* const> names) {
  nlohmann::ordered_json hashes = nlohmann::ordered_json::object();
  for (const char* name : names) hashes[name] = hash_file_text(folder / name);
  return hashes;
}

std::vector<std::string> changed_files(const std::filesystem::path& folder,
                                       std::span<const char* const> names,
                                       const nlohmann::ordered_json& hashes) {
  std::vector<std::string> changed;
  for (const char* name : names) {
    std::error_code ignored;
    if (!hashes.contains(name) || !std::filesystem::is_regular_file(folder / name, ignored) ||
        hashes.at(name) != hash_file_text(folder / name))
      changed.emplace_back(name);
  }
  return changed;
}

}  // namespace genretrack

#include "host/audio/container.h"

#include <sndfile.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace genretrack {
namespace {

constexpr std::size_t kStart = 12, kTagHeader = 10;
constexpr int kMostTags = 16;

// The size of an ID3v2 tag with its header and footer; four bytes of seven bits each.
std::uint64_t tag_size(std::string_view start) {
  std::uint64_t size = 0;
  for (std::size_t i = 6; i < kTagHeader; ++i)
    size = size << 7 | (static_cast<unsigned char>(start[i]) & 0x7fu);
  const bool has_footer = (static_cast<unsigned char>(start[5]) & 0x10u) != 0;  // which `size` leaves out
  return size + (has_footer ? 2 : 1) * kTagHeader;
}

bool is_container(std::string_view start) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(start[i]); };
  if (start.starts_with("RIFF") || start.starts_with("RIFX") || start.starts_with("RF64"))
    return start.substr(8, 4) == "WAVE";
  if (start.starts_with(".snd") || start.starts_with("dns.") || start.starts_with("fLaC") ||
      start.starts_with("OggS"))
    return true;
  return byte(0) == 0xff && (byte(1) & 0xe0) == 0xe0;  // an mp3 frame
}

}  // namespace

std::optional<std::uint64_t> find_audio(const ReadAt& read) {
  std::uint64_t offset = 0;
  for (int tags = 0; tags <= kMostTags; ++tags) {
    std::array<unsigned char, kStart> bytes{};
    if (read(offset, bytes) != bytes.size()) return std::nullopt;
    const std::string_view start(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (!start.starts_with("ID3")) return is_container(start) ? std::optional(offset) : std::nullopt;
    offset += tag_size(start);
  }
  return std::nullopt;
}

bool is_read_container(int sndfile_format) {
  constexpr std::array kRead = {SF_FORMAT_WAV,  SF_FORMAT_WAVEX, SF_FORMAT_RF64, SF_FORMAT_AU,
                                SF_FORMAT_FLAC, SF_FORMAT_OGG,   SF_FORMAT_MPEG};
  return std::ranges::find(kRead, sndfile_format & SF_FORMAT_TYPEMASK) != kRead.end();
}

}  // namespace genretrack

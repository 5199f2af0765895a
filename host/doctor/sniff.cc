#include "host/doctor/sniff.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace genretrack {
namespace {

struct Mark {
  std::size_t at;
  std::string_view bytes, name;
};

// In this order: the first that fits counts.
constexpr std::array kMarks = {
    Mark{28, "OpusHead", "opus"},
    Mark{0, "OggS", "ogg"},
    Mark{0, "fLaC", "flac"},
    Mark{0, ".snd", "au"},
    Mark{8, "WAVE", "wav"},  // behind RIFF, RIFX, RF64 and a size
    Mark{8, "AIFF", "an AIFF file"},
    Mark{8, "AIFC", "an AIFF file"},
    Mark{4, "ftyp", "an MP4 file (AAC or ALAC audio)"},
    Mark{0, "\x30\x26\xb2\x75", "a Windows Media file"},
    Mark{0, "MAC ", "a Monkey's Audio file"},
    Mark{0, "wvpk", "a WavPack file"},
    Mark{0, "\x1a\x45\xdf\xa3", "a Matroska or WebM file"},
    Mark{0, "PK\x03\x04", "a zip archive"},
    Mark{0, "\x1f\x8b", "a gzip archive"},
    Mark{0, "version https://git-lfs", "a pointer of Git LFS, not the recording itself"},
};

std::string lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

// An mp3 file without a tag begins with the eleven set bits of a frame, of layer III.
bool is_mp3_frame(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  return text.size() > 2 && byte(0) == 0xff && (byte(1) & 0xe6) == 0xe2 && (byte(2) & 0xf0) != 0xf0;
}

// A tag in front, as mp3 files and some others have; what follows it decides, where it can be seen.
std::string behind_tag(std::string_view text) {
  constexpr std::size_t kHeader = 10;
  if (text.size() < kHeader) return "mp3";
  std::size_t size = kHeader;
  for (std::size_t i = 6, shift = 21; i < kHeader; ++i, shift -= 7)
    size += static_cast<std::size_t>(static_cast<unsigned char>(text[i]) & 0x7f) << shift;
  return size < text.size() && text.substr(size).starts_with("fLaC") ? "flac" : "mp3";
}

std::string_view view(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

std::string container_of(std::span<const std::byte> start) {
  const std::string_view text = view(start);
  if (text.starts_with("ID3")) return behind_tag(text);
  for (const Mark& mark : kMarks)
    if (text.size() > mark.at && text.substr(mark.at).starts_with(mark.bytes)) return std::string(mark.name);
  if (is_mp3_frame(text)) return "mp3";
  const std::string opening = lower(std::string(text.substr(0, 256)));
  if (opening.find("<html") != std::string::npos || opening.find("<!doctype") != std::string::npos)
    return "a web page, perhaps in place of a download";
  return {};
}

bool is_readable_container(const std::string& container) {
  constexpr std::array<std::string_view, 6> kReadable = {"wav", "au", "flac", "ogg", "opus", "mp3"};
  return std::find(kReadable.begin(), kReadable.end(), container) != kReadable.end();
}

bool suffix_fits(const std::string& suffix, const std::string& container) {
  const std::string name = lower(suffix);
  return name == "." + container || (name == ".ogg" && container == "opus");
}

bool ogg_is_closed(std::span<const std::byte> end) {
  constexpr std::size_t kFlags = 5;
  constexpr unsigned kLastPage = 4;
  const std::string_view text = view(end);
  const std::size_t page = text.rfind("OggS");
  return page != std::string_view::npos && page + kFlags < text.size() &&
         (static_cast<unsigned char>(text[page + kFlags]) & kLastPage) != 0;
}

}  // namespace genretrack

#include "host/cache/cache_header.h"

#include <array>
#include <bit>
#include <cstdio>
#include <limits>
#include <nlohmann/json.hpp>

#include "host/cache/cache_plan.h"
#include "host/core/error.h"
#include "host/core/xxh3.h"

namespace genretrack {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array kProfiles = {"librosa", "torchaudio"};
constexpr std::array kScales = {"mel", "linear"};
constexpr std::array kKinds = {"flux", "tempogram", "hpss"};
constexpr std::array kTunings = {"estimate", "none", "fixed"};

template <class Enum, std::size_t n>
Enum from_name(const std::array<const char*, n>& names, const std::string& text) {
  for (std::size_t i = 0; i < n; ++i)
    if (text == names[i]) return static_cast<Enum>(i);
  throw Error(ErrorKind::kData, "unknown value \"" + text + "\"");
}

// The library casts what a file says, whatever its size.
int whole_number(const Json& object, const char* key) {
  const Json& value = object.at(key);
  if (!value.is_number_unsigned() || value.get<std::uint64_t>() > std::numeric_limits<int>::max())
    throw Error(ErrorKind::kData, std::string("\"") + key + "\" is not a whole number");
  return value.get<int>();
}

std::uint64_t hash_of(const ByteWriter& bytes) {
  return XXH3_64bits(bytes.bytes().data(), bytes.bytes().size());
}

}  // namespace

std::string params_text(const FeatureParams& p) {
  Json json;
  json["profile"] = kProfiles.at(static_cast<std::size_t>(p.profile));
  json["sample_rate"] = p.sample_rate;
  json["clip_seconds"] = p.clip_seconds;
  json["n_fft"] = p.n_fft;
  json["hop_length"] = p.hop_length;
  json["spectrogram"] = {{"scale", kScales.at(static_cast<std::size_t>(p.scale))}, {"n_mels", p.n_mels}};
  json["percussion"] = {{"kind", kKinds.at(static_cast<std::size_t>(p.percussion))}};
  json["mfcc"] = {{"n_mfcc", p.n_mfcc}, {"lifter", p.lifter}, {"deltas", p.deltas}};
  json["chromagram"] = {{"tuning", kTunings.at(static_cast<std::size_t>(p.tuning))},
                        {"tuning_semitones", p.tuning_semitones}};
  return json.dump();
}

FeatureParams params_of_text(const std::string& text) {
  try {
    const Json json = Json::parse(text);
    FeatureParams p;
    p.profile = from_name<Profile>(kProfiles, json.at("profile"));
    p.sample_rate = whole_number(json, "sample_rate");
    json.at("clip_seconds").get_to(p.clip_seconds);
    p.n_fft = whole_number(json, "n_fft");
    p.hop_length = whole_number(json, "hop_length");
    p.scale = from_name<SpectrogramScale>(kScales, json.at("spectrogram").at("scale"));
    p.n_mels = whole_number(json.at("spectrogram"), "n_mels");
    p.percussion = from_name<PercussionKind>(kKinds, json.at("percussion").at("kind"));
    p.n_mfcc = whole_number(json.at("mfcc"), "n_mfcc");
    json.at("mfcc").at("lifter").get_to(p.lifter);
    p.deltas = whole_number(json.at("mfcc"), "deltas");
    p.tuning = from_name<Tuning>(kTunings, json.at("chromagram").at("tuning"));
    json.at("chromagram").at("tuning_semitones").get_to(p.tuning_semitones);
    return p;
  } catch (const Json::exception&) {
    throw Error(ErrorKind::kData, "its feature parameters are not readable");
  }
}

std::uint64_t rows_key(const CacheHeader& header) {
  ByteWriter bytes;
  write_rows_plan(bytes, header);
  return hash_of(bytes);
}

std::uint64_t plan_key(const CacheHeader& header) {
  ByteWriter bytes;
  write_plan(bytes, header);
  return hash_of(bytes);
}

std::uint64_t header_checksum(const CacheHeader& header) {
  ByteWriter bytes;
  write_plan(bytes, header);
  for (const CachedClip& clip : header.clips) {
    bytes.add(std::bit_cast<std::uint64_t>(clip.seconds));
    bytes.add(clip.audio_hash);
    for (const std::uint64_t hash : clip.row_hashes) bytes.add(hash);
  }
  for (const FileIdentity& file : header.files) {
    bytes.add(file.size);
    bytes.add(static_cast<std::uint64_t>(file.mtime_ns));
    bytes.add(file.inode);
  }
  const std::uint64_t value = hash_of(bytes);
  return value == 0 ? 1 : value;
}

std::size_t value_bytes(Storage storage) { return storage == Storage::kFloat32 ? 4 : 2; }

std::size_t row_bytes(const CacheHeader& header, Transform transform) {
  return static_cast<std::size_t>(header.params.rows(transform)) *
         static_cast<std::size_t>(header.params.frame_count()) * value_bytes(header.storage);
}

std::string hex(std::uint64_t value) {
  std::array<char, 17> text{};
  std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(value));
  return text.data();
}

}  // namespace genretrack

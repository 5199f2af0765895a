#include "host/doctor/known_sounds.h"

#include <cstring>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "host/core/disjoint_sets.h"
#include "host/core/error.h"
#include "host/core/files.h"
#include "host/core/run_on_threads.h"
#include "host/core/xxh3.h"
#include "host/doctor/clip_findings.h"
#include "host/doctor/examine_clip.h"
#include "host/doctor/same_sound.h"

namespace genretrack {
namespace {

// The last character is raised whenever fingerprints or what is kept of them change.
constexpr std::string_view kMark = "GTSOUND1";
constexpr std::uintmax_t kMostBytes = std::uintmax_t{4} << 30;

struct Sound {
  std::uint64_t samples = 0;  // hash of the samples; 0: silent or unreadable
  Fingerprint fingerprint;
};
using Sounds = std::map<std::uint64_t, Sound>;  // by audio hash

// What the file holds: every sound, and the answer to the last question.
struct Store {
  Sounds sounds;
  std::uint64_t question = 0;  // hash of the recordings' hashes, in order
  std::vector<std::uint64_t> answer;
};

void put(std::string& bytes, const void* data, std::size_t size) {
  bytes.append(static_cast<const char*>(data), size);
}
void put(std::string& bytes, std::uint64_t value) { put(bytes, &value, sizeof value); }

std::string to_bytes(const Store& store) {
  std::string bytes(kMark);
  put(bytes, store.sounds.size());
  for (const auto& [hash, sound] : store.sounds) {
    put(bytes, hash);
    put(bytes, sound.samples);
    put(bytes, sound.fingerprint.frames());
    put(bytes, sound.fingerprint.sign.data(), sound.fingerprint.frames() * sizeof(std::uint32_t));
    put(bytes, sound.fingerprint.strong.data(), sound.fingerprint.frames() * sizeof(std::uint32_t));
  }
  put(bytes, store.question);
  put(bytes, store.answer.size());
  put(bytes, store.answer.data(), store.answer.size() * sizeof(std::uint64_t));
  put(bytes, XXH3_64bits(bytes.data(), bytes.size()));
  return bytes;
}

// Takes bounded pieces off the front; nothing where there is less than asked for.
class Bytes {
 public:
  explicit Bytes(std::string_view bytes) : rest_(bytes) {}
  bool take(void* data, std::uint64_t size) {
    if (size > rest_.size()) return false;
    std::memcpy(data, rest_.data(), size);
    rest_.remove_prefix(size);
    return true;
  }
  bool take(std::uint64_t& value) { return take(&value, sizeof value); }
  template <class T>
  bool take(std::vector<T>& values, std::uint64_t count) {
    if (count > rest_.size() / sizeof(T)) return false;
    values.resize(count);
    return count == 0 || take(values.data(), count * sizeof(T));
  }
  bool empty() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

std::optional<Store> from_bytes(std::string_view text) {
  std::uint64_t hash = 0, count = 0, frames = 0;
  if (text.size() < kMark.size() + sizeof hash || !text.starts_with(kMark)) return std::nullopt;
  std::memcpy(&hash, text.data() + text.size() - sizeof hash, sizeof hash);
  text.remove_suffix(sizeof hash);
  if (XXH3_64bits(text.data(), text.size()) != hash) return std::nullopt;
  Bytes bytes(text.substr(kMark.size()));
  Store store;
  if (!bytes.take(count)) return std::nullopt;
  for (std::uint64_t i = 0; i < count; ++i) {
    Sound sound;
    if (!bytes.take(hash) || !bytes.take(sound.samples) || !bytes.take(frames) ||
        !bytes.take(sound.fingerprint.sign, frames) || !bytes.take(sound.fingerprint.strong, frames))
      return std::nullopt;
    store.sounds.emplace(hash, std::move(sound));
  }
  if (!bytes.take(store.question) || !bytes.take(count) || !bytes.take(store.answer, count) || !bytes.empty())
    return std::nullopt;
  return store;
}

Store read_store(const std::filesystem::path& path) {
  std::error_code ignored;
  if (path.empty() || !std::filesystem::is_regular_file(path, ignored)) return {};
  try {
    return from_bytes(read_file(path, kMostBytes)).value_or(Store{});
  } catch (const Error&) {
    return {};  // what cannot be read is heard again
  }
}

void write_store(const std::filesystem::path& path, const Store& store) {
  if (path.empty()) return;
  try {
    write_file_atomically(path, to_bytes(store));
  } catch (const Error&) {
    // A folder that cannot be written costs the next program a minute, not this one its work.
  }
}

void hear_new_ones(const SoundQuery& query, Sounds& sounds) {
  std::map<std::uint64_t, std::size_t> new_ones;  // each hash once
  for (std::size_t i = 0; i < query.recordings.size(); ++i)
    if (!sounds.contains(query.audio_hashes[i])) new_ones.emplace(query.audio_hashes[i], i);
  std::vector<std::size_t> clips;
  for (const auto& [hash, clip] : new_ones) clips.push_back(clip);
  std::mutex mutex;
  std::size_t done = 0;
  run_on_threads(
      query.threads, clips.size(), "run the command again", [] { return ClipExaminer(); },
      [&](ClipExaminer& examiner, std::size_t i) {
        ClipFacts facts = examiner.examine(query.recordings[clips[i]]);
        Sound sound;
        if (facts.error.empty() && !is_silent(facts))
          sound = {facts.sound_hash, std::move(facts.fingerprint)};
        const std::lock_guard guard(mutex);
        sounds.emplace(query.audio_hashes[clips[i]], std::move(sound));
        if (query.progress) query.progress(++done, clips.size());
      },
      [](const ClipExaminer&) {});
}

std::vector<std::uint64_t> join_sounds(const SoundQuery& query, const Sounds& sounds) {
  DisjointSets sets(query.recordings.size());
  std::map<std::uint64_t, std::size_t> first_with;
  std::vector<Fingerprint> fingerprints;
  std::vector<std::size_t> clips;  // of the fingerprints
  for (std::size_t i = 0; i < query.recordings.size(); ++i) {
    const Sound& sound = sounds.at(query.audio_hashes[i]);
    if (sound.samples == 0) continue;
    const auto [there, is_new] = first_with.emplace(sound.samples, i);
    sets.join(i, there->second);
    if (!is_new) continue;
    clips.push_back(i);
    fingerprints.push_back(sound.fingerprint);
  }
  for (const SoundMatch& match : find_same_sounds(fingerprints, query.threads))
    sets.join(clips[match.first], clips[match.second]);
  std::vector<std::uint64_t> first;
  for (std::size_t i = 0; i < query.recordings.size(); ++i) first.push_back(sets.first(i));
  return first;
}

}  // namespace

std::vector<std::size_t> first_of_sound(const SoundQuery& query) {
  const std::uint64_t question =
      XXH3_64bits(query.audio_hashes.data(), query.audio_hashes.size() * sizeof(std::uint64_t));
  Store store = read_store(query.store);
  if (store.question != question || store.answer.size() != query.recordings.size()) {
    hear_new_ones(query, store.sounds);
    store.answer = join_sounds(query, store.sounds);
    store.question = question;
    write_store(query.store, store);
  }
  return {store.answer.begin(), store.answer.end()};
}

}  // namespace genretrack

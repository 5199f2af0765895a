#include "host/cli/content_leaks.h"

#include <memory>
#include <string>

#include "host/dataset/split_checks.h"
#include "host/doctor/known_sounds.h"
#include "host/report/progress.h"

namespace genretrack {

void check_content(const Dataset& dataset, const std::vector<std::uint64_t>& audio_hashes,
                   const std::filesystem::path& store, int threads, const SplitParams& params, Split& split) {
  std::vector<std::string> bytes, sounds;
  for (const std::uint64_t hash : audio_hashes) bytes.push_back(std::to_string(hash));
  check_same(dataset, params, bytes, ", equal byte for byte", split);
  SoundQuery query;
  for (const Clip& clip : dataset.clips) query.recordings.push_back(clip.path);
  query.audio_hashes = audio_hashes;
  query.store = store;
  query.threads = threads;
  std::unique_ptr<Progress> progress;
  query.progress = [&](std::size_t done, std::size_t total) {
    if (!progress) progress = std::make_unique<Progress>("listening for copies in " + dataset.name, "clips");
    progress->update(done, total);
  };
  const std::vector<std::size_t> first = first_of_sound(query);
  progress.reset();
  // Copies byte for byte are said already.
  for (std::size_t clip = 0; clip < first.size(); ++clip)
    sounds.push_back(bytes[clip] == bytes[first[clip]] && first[clip] != clip ? ""
                                                                              : std::to_string(first[clip]));
  check_same(dataset, params, sounds, ", the same sound by their fingerprints", split);
}

}  // namespace genretrack

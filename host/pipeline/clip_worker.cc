#include "host/pipeline/clip_worker.h"

#include <algorithm>
#include <utility>

#include "host/cache/recording_file.h"
#include "host/core/error.h"
#include "host/pipeline/build_cache.h"

namespace genretrack {
namespace {

Pcm pcm(const Recording& recording) {
  return std::visit([](const auto& samples) { return Pcm(std::span(std::as_const(samples))); },
                    recording.samples);
}

}  // namespace

void ClipWorker::process(std::size_t row) {
  const std::optional<FileIdentity> file = settled_identity_of(share_.plan.clips[row].path);
  audio_hash_.reset();
  std::string reason;
  // A file that cannot be examined is not taken over: the decoder says what is wrong with it.
  if (file && reuse(row, *file, reason)) return;
  decode_clip(row, file, std::move(reason));
  if (pending_.size() >= batch_) finish();
}

std::optional<std::uint64_t> ClipWorker::audio_hash(std::size_t row) {
  if (audio_hash_) return audio_hash_;
  try {
    audio_hash_ = hash_file(share_.plan.clips[row].path, scratch_);
  } catch (const Error&) {
    // The decoder meets the same fault and says better what it is.
  }
  return audio_hash_;
}

bool ClipWorker::reuse(std::size_t row, const FileIdentity& file, std::string& reason) {
  if (reuse_resumed(row, file)) return true;
  const EarlierCache& earlier = share_.earlier;
  reason = earlier.reason();
  if (!earlier.usable()) return false;
  const CachedClip& clip = share_.plan.clips[row];
  const std::optional<std::size_t> known = earlier.row_of_id(clip.id);
  if (known && !share_.verify && earlier.file().header.files[*known] == file) {
    if (copy(row, *known, file, "unchanged")) return true;
    reason = kDamagedRow;
    return false;
  }
  const std::optional<std::uint64_t> hash = audio_hash(row);
  if (!hash) return false;
  if (known && earlier.file().header.clips[*known].audio_hash == *hash) {
    if (copy(row, *known, file, share_.verify ? "verified" : "same audio, file touched")) return true;
    reason = kDamagedRow;
    return false;
  }
  if (known) reason = "audio changed";
  const std::optional<std::size_t> same = earlier.row_of_audio(*hash);
  return same && copy(row, *same, file, "same audio under another name");
}

bool ClipWorker::reuse_resumed(std::size_t row, const FileIdentity& file) {
  const auto found = share_.writer.resumed().find(row);
  if (found == share_.writer.resumed().end() || found->second.file != file) return false;
  if (share_.verify && audio_hash(row) != found->second.audio_hash) return false;
  share_.writer.keep(row);
  result(row, ClipResult::State::kReused, "resumed", found->second.seconds);
  return true;
}

bool ClipWorker::copy(std::size_t row, std::size_t earlier_row, const FileIdentity& file, const char* why) {
  if (!share_.writer.copy(row, share_.earlier.file(), earlier_row, file, scratch_)) return false;
  result(row, ClipResult::State::kReused, why, share_.earlier.file().header.clips[earlier_row].seconds);
  return true;
}

void ClipWorker::decode_clip(std::size_t row, const std::optional<FileIdentity>& file, std::string reason) {
  const FeatureParams& params = share_.plan.params;
  const CachedClip& clip = share_.plan.clips[row];
  try {
    std::uint64_t hash = 0;
    Pending next{
        row, decode(clip.path, params.sample_rate, params.clip_seconds, &hash), {}, std::move(reason)};
    // Somebody who writes meanwhile makes samples, hash and identity those of different files.
    if (!file || audio_hash_.value_or(hash) != hash || identity_of(clip.path) != file)
      throw Error(ErrorKind::kData, clip.path + ": the file changed while it was read; run again");
    next.facts = {next.recording.seconds, hash, {}, *file};
    prepare();
    pending_.push_back(std::move(next));
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kData) throw;
    result(row, ClipResult::State::kUnreadable, error.what(), 0);
  }
}

void ClipWorker::prepare() {
  if (extractor_) return;
  extractor_ = share_.make_extractor();
  batch_ = static_cast<std::size_t>(std::max(1, extractor_->preferred_batch()));
  std::size_t values = 0;
  for (const Transform t : kTransforms)
    values += static_cast<std::size_t>(share_.plan.params.rows(t)) *
              static_cast<std::size_t>(share_.plan.params.frame_count());
  slots_.assign(batch_, std::vector<float>(values));
}

void ClipWorker::finish() {
  if (pending_.empty()) return;
  const std::vector<Pending> clips = std::exchange(pending_, {});
  try {
    extract(clips);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kData) throw;
    if (clips.size() == 1) {
      const std::string& path = share_.plan.clips[clips[0].row].path;
      result(clips[0].row, ClipResult::State::kUnreadable, path + ": " + error.what(), 0);
      return;
    }
    // One of the batch is at fault: each alone tells which.
    for (const Pending& clip : clips) {
      pending_.assign(1, clip);
      finish();
    }
    return;
  }
  for (std::size_t slot = 0; slot < clips.size(); ++slot) store(clips[slot], slot);
}

ClipFeatures ClipWorker::slot_rows(std::size_t slot) {
  ClipFeatures rows;
  std::span<float> rest(slots_[slot]);
  for (const Transform t : kTransforms) {
    const std::size_t size = static_cast<std::size_t>(share_.plan.params.rows(t)) *
                             static_cast<std::size_t>(share_.plan.params.frame_count());
    rows.rows[static_cast<std::size_t>(t)] = rest.first(size);
    rest = rest.subspan(size);
  }
  return rows;
}

void ClipWorker::extract(const std::vector<Pending>& clips) {
  std::vector<Pcm> samples;
  std::vector<ClipFeatures> out;
  for (std::size_t slot = 0; slot < clips.size(); ++slot) {
    samples.push_back(pcm(clips[slot].recording));
    out.push_back(slot_rows(slot));
  }
  extractor_->extract(samples, out);
}

void ClipWorker::store(const Pending& clip, std::size_t slot) {
  const ClipFeatures rows = slot_rows(slot);
  std::array<std::span<const float>, kTransformCount> values;
  for (std::size_t t = 0; t < values.size(); ++t) values[t] = rows.rows[t];
  share_.writer.write(clip.row, values, clip.facts, scratch_);
  result(clip.row, ClipResult::State::kComputed, clip.reason, clip.facts.seconds);
}

void ClipWorker::result(std::size_t row, ClipResult::State state, std::string reason, double seconds) {
  share_.results[row] = {state, std::move(reason), seconds};
  share_.clip_is_done();
}

}  // namespace genretrack

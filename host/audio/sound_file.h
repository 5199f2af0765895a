// An opened recording: libsndfile with its ways of failing turned into errors that say what to do.
#pragma once

#include <sndfile.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "host/audio/recording_bytes.h"

namespace genretrack {

class SoundFile {
 public:
  // Throws Error(kData): no such file, a folder, not a regular file, not readable, empty, not audio, cut in
  // its header or (where the format tells at once) its data, no samples, an impossible rate or channel count.
  // `hashing`: whether hash() will be asked for.
  explicit SoundFile(const std::filesystem::path& path, bool hashing = false);
  ~SoundFile();
  SoundFile(const SoundFile&) = delete;
  SoundFile& operator=(const SoundFile&) = delete;

  int sample_rate() const { return info_.samplerate; }
  int channels() const { return info_.channels; }
  // As the file declares; for compressed formats only a claim until they are read. Counted where an mp3
  // declares nothing.
  std::size_t frames() const { return static_cast<std::size_t>(info_.frames); }
  bool is_16_bit() const { return (info_.format & SF_FORMAT_SUBMASK) == SF_FORMAT_PCM_16; }
  std::uintmax_t bytes() const { return bytes_; }

  // Frames read: as many as the values hold, fewer only at the file's end. Throws Error(kData) for damaged
  // data and for an end before the declared one.
  std::size_t read(std::span<float> values);  // (frame, channel)
  std::size_t read(std::span<std::int16_t> values);

  // The next frame to be read, and a way forward to a later one without decoding all between. The position is
  // exact; codecs that carry something over from frame to frame (mp3, opus) need up to a tenth of a second
  // from there to give what they give when read from the beginning. Throws Error(kData) for a file that does
  // not get there.
  std::size_t position() const { return frames_read_; }
  void skip_to(std::size_t frame);

  // For a reader that stops early: throws Error(kData) if the file does not reach its declared end.
  void check_rest();

  // XXH3 of the whole file; what was read in order is not read again. Throws Error(kData).
  std::uint64_t hash();

  // Throws Error(kData, "<path>: <what>").
  [[noreturn]] void fail(const std::string& what) const;

 private:
  void open_descriptor();
  std::uint64_t audio_begin() const;
  void open_sound(bool hashing);
  void open_source(std::uint64_t begin, bool hashing, RecordingBytes::End end);
  std::int64_t count_frames(std::uint64_t begin);
  void check_disk() const;
  void check_header() const;
  std::int64_t wanted_of(std::size_t values) const;
  std::size_t count(std::int64_t got, std::int64_t wanted);
  std::size_t tolerance() const;

  std::filesystem::path path_;
  int descriptor_ = -1;
  std::uintmax_t bytes_ = 0;
  std::optional<RecordingBytes> source_;
  SF_INFO info_{};
  std::unique_ptr<SNDFILE, int (*)(SNDFILE*)> sound_{nullptr, sf_close};
  std::size_t frames_read_ = 0;  // or skipped
};

}  // namespace genretrack

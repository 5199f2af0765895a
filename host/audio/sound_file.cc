#include "host/audio/sound_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <string_view>
#include <vector>

#include "host/audio/container.h"
#include "host/core/error.h"

namespace genretrack {
namespace {

constexpr int kLowestRate = 1000, kHighestRate = 768000, kMostChannels = 64;
// Programs that write to a pipe leave a length near the largest number there is.
constexpr long long kUnknownLength = 0x7fff0000;

constexpr int kLongestCheck = 4 * 3600;  // seconds
constexpr const char* kNotAudio =
    "this is not audio that can be read here (wav, au, flac, ogg, mp3, opus); convert it, or take it out of "
    "the data set";

// libsndfile 1.2 lands too far ahead when it seeks into the last page of an ogg file with Vorbis, by what is
// trimmed at the end. A page has at most 255 packets, a packet at most 4096 frames of its own.
constexpr std::size_t kLongestVorbisPacket = 4096, kLongestVorbisPage = 255 * kLongestVorbisPacket;

// The frames of an mp3 without a length are counted in steps over frames that are not decoded, and at the end
// by reading so few that each frame of any layer holds a whole number of such blocks.
constexpr sf_count_t kCountedStep = 400 * 1152, kCountedFrames = 192;

constexpr const char* kReplace = "; copy or download it again, or take it out of the data set";

std::string log_of(SNDFILE* sound) {
  std::array<char, 16384> log{};
  sf_command(sound, SFC_GET_LOG_INFO, log.data(), static_cast<int>(log.size()) - 1);
  return log.data();
}

long long number_after(std::string_view line, std::string_view mark) {
  const std::size_t at = line.find(mark);
  if (at == std::string_view::npos) return -1;
  line.remove_prefix(at + mark.size());
  while (line.starts_with(' ')) line.remove_prefix(1);
  long long value = -1;
  std::from_chars(line.data(), line.data() + line.size(), value);
  return value;
}

// libsndfile opens a file that is shorter than its header says without an error and only logs it.
bool log_says_cut(std::string_view log) {
  while (!log.empty()) {
    const std::string_view line = log.substr(0, log.find('\n'));
    log.remove_prefix(std::min(line.size() + 1, log.size()));
    if (line.find("ended unexpectedly") != std::string_view::npos) return true;
    const std::string_view key = line.substr(std::min(line.find_first_not_of(' '), line.size()));
    if (!key.starts_with("data ") && !key.starts_with("Data Size") && !key.starts_with("SSND")) continue;
    const long long declared = number_after(line, ":"), present = number_after(line, "(should be ");
    if (present >= 0 && declared > present && declared < kUnknownLength) return true;
  }
  return false;
}

}  // namespace

SoundFile::SoundFile(const std::filesystem::path& path, bool hashing) : path_(path) {
  try {
    open_descriptor();
    open_sound(hashing);
    check_header();
  } catch (...) {
    sound_.reset();
    if (descriptor_ >= 0) ::close(descriptor_);
    throw;
  }
}

SoundFile::~SoundFile() {
  sound_.reset();
  ::close(descriptor_);
}

void SoundFile::fail(const std::string& what) const {
  throw Error(ErrorKind::kData, path_.string() + ": " + what);
}

void SoundFile::open_descriptor() {
  // Without O_NONBLOCK a named pipe would wait for a writer for ever.
  descriptor_ = ::open(path_.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (descriptor_ < 0) {
    const int code = errno;
    std::error_code ignored;
    if (code == ENOENT && std::filesystem::is_symlink(path_, ignored))
      fail("this symbolic link leads to no file; restore its target or remove the link");
    if (code == ENOENT) fail("there is no such file; check the path");
    if (code == EACCES) fail("no permission to read this file; change its permissions");
    fail(std::string("cannot be opened: ") + std::strerror(code) + "; check the path");
  }
  struct stat status = {};
  if (::fstat(descriptor_, &status) != 0) fail(std::string("cannot be examined: ") + std::strerror(errno));
  if (S_ISDIR(status.st_mode)) fail("this is a folder with the name of a recording; rename or remove it");
  if (!S_ISREG(status.st_mode)) fail("this is not a regular file; name a recording on disk");
  if (status.st_size == 0) fail(std::string("the file is empty") + kReplace);
  bytes_ = static_cast<std::uintmax_t>(status.st_size);
}

std::uint64_t SoundFile::audio_begin() const {
  const auto begin = find_audio([this](std::uint64_t offset, std::span<unsigned char> bytes) {
    for (;;) {
      const ssize_t got = ::pread(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
      if (got >= 0) return static_cast<std::size_t>(got);
      if (errno != EINTR)
        fail("the disk gave an error while it was read (" + std::string(std::strerror(errno)) + ")" +
             kReplace);
    }
  });
  if (!begin) fail(kNotAudio);
  return *begin;
}

// Never by name: given one, libsndfile takes any file called .au for raw samples.
void SoundFile::open_source(std::uint64_t begin, bool hashing, RecordingBytes::End end) {
  sound_.reset();
  source_.emplace(descriptor_, static_cast<std::int64_t>(begin), static_cast<std::int64_t>(bytes_), hashing,
                  end);
  SF_VIRTUAL_IO functions = RecordingBytes::functions();
  info_ = {};
  sound_.reset(sf_open_virtual(&functions, SFM_READ, &info_, &*source_));
  if (sound_ && !is_read_container(info_.format)) fail(kNotAudio);
  if (sound_) return;
  const int code = sf_error(nullptr);
  const std::string reason = sf_strerror(nullptr);
  check_disk();
  if (code == SF_ERR_UNRECOGNISED_FORMAT) fail(kNotAudio);
  if (code == SF_ERR_SYSTEM) fail("the disk gave an error while it was read" + std::string(kReplace));
  fail("the header is damaged or cut off (libsndfile: " + reason + ")" + kReplace);
}

// libsndfile gives the length that an mp3 declares, and an estimate where it declares none, without a word on
// which it is. Without the file's end there is nothing to estimate from.
void SoundFile::open_sound(bool hashing) {
  using End = RecordingBytes::End;
  // Behind an ID3 tag libsndfile counts from the tag's end, which it forgets where it reads through
  // functions.
  const std::uint64_t begin = audio_begin();
  open_source(begin, hashing, End::kTrue);
  if ((info_.format & SF_FORMAT_TYPEMASK) != SF_FORMAT_MPEG) return;
  open_source(begin, false, End::kRefused);
  const bool declared = info_.frames != SF_COUNT_MAX;
  if (declared) return open_source(begin, hashing, End::kTrue);
  const sf_count_t frames = count_frames(begin);
  open_source(begin, hashing, End::kFar);
  info_.frames = frames;
}

std::int64_t SoundFile::count_frames(std::uint64_t begin) {
  open_source(begin, false, RecordingBytes::End::kFar);
  std::vector<float> block(static_cast<std::size_t>(kCountedFrames) * static_cast<std::size_t>(channels()));
  const auto sounds_at = [&](sf_count_t frame) {
    return sf_seek(sound_.get(), frame, SEEK_SET) == frame &&
           sf_readf_float(sound_.get(), block.data(), 1) == 1;
  };
  sf_count_t frames = 0;
  while (sounds_at(frames + kCountedStep)) frames += kCountedStep;
  // From the last step on once more, with a decoder that has not met the end: one that has stops before it.
  open_source(begin, false, RecordingBytes::End::kFar);
  if (sf_seek(sound_.get(), frames, SEEK_SET) != frames) frames = 0;
  const auto read_block = [&] { return sf_readf_float(sound_.get(), block.data(), kCountedFrames); };
  while (const sf_count_t got = read_block()) frames += got;
  // mpg123 gives up after a kilobyte that is not mp3: padding, or damage with more sound behind it. At a
  // frame of another rate or channel count libsndfile does not read on.
  while (!source_->reached_end()) {
    const std::int64_t before = source_->reached();
    const bool sounds = read_block() > 0;
    check_disk();
    if (sounds || source_->reached() == before)
      fail("the data are damaged: sound follows behind frame " + std::to_string(frames) +
           " that does not continue what is before" + kReplace);
  }
  check_disk();
  return frames;
}

void SoundFile::check_disk() const {
  if (source_->error() != 0)
    fail("the disk gave an error while it was read (" + std::string(std::strerror(source_->error())) + ")" +
         kReplace);
}

void SoundFile::check_header() const {
  if (info_.samplerate < kLowestRate || info_.samplerate > kHighestRate)
    fail("the header gives a sample rate of " + std::to_string(info_.samplerate) + " Hz, outside " +
         std::to_string(kLowestRate) + " to " + std::to_string(kHighestRate) + kReplace);
  if (info_.channels < 1 || info_.channels > kMostChannels)
    fail("the header gives " + std::to_string(info_.channels) + " channels, outside 1 to " +
         std::to_string(kMostChannels) + kReplace);
  if (log_says_cut(log_of(sound_.get())))
    fail(std::string("the file is cut off: it ends before its header says") + kReplace);
  if (info_.frames == SF_COUNT_MAX)
    fail("the file does not say how long it is, so nobody can tell whether it is whole; write it anew");
  if (info_.frames <= 0) fail(std::string("the file has a header but no samples") + kReplace);
}

// Never behind the declared end: what mpg123 finds there can make it give up with the frames before it.
std::int64_t SoundFile::wanted_of(std::size_t values) const {
  return static_cast<std::int64_t>(
      std::min(values / static_cast<std::size_t>(channels()), frames() - std::min(frames_read_, frames())));
}

std::size_t SoundFile::read(std::span<float> values) {
  const std::int64_t wanted = wanted_of(values.size());
  return count(sf_readf_float(sound_.get(), values.data(), wanted), wanted);
}

std::size_t SoundFile::read(std::span<std::int16_t> values) {
  const std::int64_t wanted = wanted_of(values.size());
  return count(sf_readf_short(sound_.get(), values.data(), wanted), wanted);
}

std::size_t SoundFile::count(std::int64_t got, std::int64_t wanted) {
  frames_read_ += static_cast<std::size_t>(got);
  check_disk();
  if (got < wanted && frames_read_ + tolerance() < frames())
    fail("the file is cut off or damaged in its data: it declares " + std::to_string(frames()) +
         " frames, and " + std::to_string(frames_read_) + " can be read" + kReplace);
  return static_cast<std::size_t>(got);
}

void SoundFile::skip_to(std::size_t frame) {
  std::size_t target = frame;
  if ((info_.format & SF_FORMAT_SUBMASK) == SF_FORMAT_VORBIS)
    target = std::min(target, frames() - std::min(frames(), kLongestVorbisPage));
  // Some codecs of telephony cannot seek: there, all before is decoded.
  if (info_.seekable && target > frames_read_) {
    if (sf_seek(sound_.get(), static_cast<sf_count_t>(target), SEEK_SET) != static_cast<sf_count_t>(target))
      fail("the file is cut off or damaged in its data: frame " + std::to_string(target) + " of " +
           std::to_string(frames()) + " cannot be reached" + kReplace);
    frames_read_ = target;
  }
  std::vector<float> passed(4096 * static_cast<std::size_t>(channels()));
  while (frames_read_ < frame) {
    const std::size_t most = (frame - frames_read_) * static_cast<std::size_t>(channels());
    if (read(std::span(passed).first(std::min(most, passed.size()))) == 0) break;
  }
}

void SoundFile::check_rest() {
  // What wav and au files hold follows from their size, and an ogg file's end from its last page; both were
  // checked with the header.
  const int container = info_.format & SF_FORMAT_TYPEMASK;
  if (container != SF_FORMAT_FLAC && container != SF_FORMAT_MPEG) return;
  if (frames_read_ + tolerance() >= frames()) return;
  const auto last = static_cast<sf_count_t>(frames() - tolerance() - 1);
  std::array<float, kMostChannels> frame;
  if (sf_seek(sound_.get(), last, SEEK_SET) == last && sf_readf_float(sound_.get(), frame.data(), 1) == 1)
    return;
  // A failed seek alone proves nothing; reading on to the end does.
  SoundFile whole(path_);
  std::vector<float> block(65536);
  // A few bytes can stand for hours of silence.
  const std::size_t most = static_cast<std::size_t>(kLongestCheck) * static_cast<std::size_t>(sample_rate());
  while (whole.read(block) > 0)
    if (whole.frames_read_ > most)
      fail("the end of the recording cannot be found, and it is too long to read it all; cut it into parts");
}

std::uint64_t SoundFile::hash() {
  const std::optional<std::uint64_t> hash = source_->hash();
  if (!hash) check_disk();
  return *hash;
}

std::size_t SoundFile::tolerance() const {
  // Encoders of mp3 disagree on whether the frame that holds the length counts, and what the decoder's delay
  // adds.
  if ((info_.format & SF_FORMAT_TYPEMASK) == SF_FORMAT_MPEG) return 2 * 1152;
  // An encoder may give the last page the number of all samples it has worked on, of which the last packet
  // gives only those that it shares with the packet before.
  return (info_.format & SF_FORMAT_SUBMASK) == SF_FORMAT_VORBIS ? kLongestVorbisPacket : 0;
}

}  // namespace genretrack

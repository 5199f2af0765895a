#include "host/doctor/same_sound.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <mutex>
#include <tuple>

#include "host/core/run_on_threads.h"
#include "host/doctor/finding.h"

namespace genretrack {
namespace {

// The words of the index are the middle 24 bits: all 32 agree too rarely after heavy coding, and with 16
// unrelated recordings meet too often. Signs of frames that hardly change are noise and are not indexed.
constexpr int kSkippedBits = 4;
constexpr std::uint32_t kWordMask = 0xffffff;
constexpr int kLeastStrong = 12;
// A word that this many frames share says nothing: hums, test tones.
constexpr std::size_t kCommonWord = 2000;
// Shared words at one shift that make a pair worth a close look, and how many shifts are looked at.
constexpr std::size_t kLeastVotes = 3, kShiftsTried = 3;
constexpr std::ptrdiff_t kShiftReach = 3;  // frames around each
// Words change slowly: near the right shift the similarity is still more than this.
constexpr double kWorthALook = 0.3;
// The bounds were measured: docs/doctor.md. A short overlap must agree better.
constexpr double kShortSeconds = 1, kLongSeconds = 5, kShortSimilarity = 0.75, kLongSimilarity = 0.55;

struct Entry {
  std::uint32_t word, clip, frame;
  bool operator<(const Entry& other) const { return word < other.word; }
};

struct Vote {
  std::uint32_t clip;
  std::int32_t shift;
  bool operator<(const Vote& other) const {
    return std::tie(clip, shift) < std::tie(other.clip, other.shift);
  }
};

bool indexed(const Fingerprint& fingerprint, std::size_t frame) {
  return std::popcount(fingerprint.strong[frame]) >= kLeastStrong;
}

std::uint32_t word_of(const Fingerprint& fingerprint, std::size_t frame) {
  return fingerprint.sign[frame] >> kSkippedBits & kWordMask;
}

std::ptrdiff_t frames_of(const Fingerprint& fingerprint) {
  return static_cast<std::ptrdiff_t>(fingerprint.frames());
}

std::ptrdiff_t overlap(const Fingerprint& first, const Fingerprint& second, std::ptrdiff_t shift) {
  return std::min(frames_of(first), frames_of(second) + shift) - std::max<std::ptrdiff_t>(0, shift);
}

// All words, sorted, with a table of where each value of their upper 16 bits begins.
class Index {
 public:
  explicit Index(std::span<const Fingerprint> fingerprints) : begins_((std::size_t{1} << kTableBits) + 1) {
    for (std::size_t clip = 0; clip < fingerprints.size(); ++clip)
      for (std::size_t frame = 0; frame < fingerprints[clip].frames(); ++frame)
        if (indexed(fingerprints[clip], frame))
          entries_.push_back({word_of(fingerprints[clip], frame), static_cast<std::uint32_t>(clip),
                              static_cast<std::uint32_t>(frame)});
    std::sort(entries_.begin(), entries_.end());
    for (const Entry& entry : entries_) ++begins_[(entry.word >> kLowBits) + 1];
    for (std::size_t i = 1; i < begins_.size(); ++i) begins_[i] += begins_[i - 1];
  }

  std::span<const Entry> with(std::uint32_t word) const {
    const std::size_t row = word >> kLowBits;
    const auto at = [&](std::size_t i) { return entries_.begin() + static_cast<std::ptrdiff_t>(begins_[i]); };
    const auto [begin, end] = std::equal_range(at(row), at(row + 1), Entry{word, 0, 0});
    return {begin, end};
  }

 private:
  static constexpr int kTableBits = 16, kLowBits = 24 - kTableBits;
  std::vector<Entry> entries_;
  std::vector<std::size_t> begins_;
};

// The shifts of later clips at which they share words with this one, sorted.
std::vector<Vote> votes_for(std::size_t clip, const Fingerprint& fingerprint, const Index& index) {
  std::vector<Vote> votes;
  for (std::size_t frame = 0; frame < fingerprint.frames(); ++frame) {
    if (!indexed(fingerprint, frame)) continue;
    const std::span<const Entry> entries = index.with(word_of(fingerprint, frame));
    if (entries.size() > kCommonWord) continue;
    for (const Entry& entry : entries)
      if (entry.clip > clip)
        votes.push_back(
            {entry.clip, static_cast<std::int32_t>(frame) - static_cast<std::int32_t>(entry.frame)});
  }
  std::sort(votes.begin(), votes.end());
  return votes;
}

// The shifts with most votes of one clip's, counted over two neighbouring frames.
std::vector<std::ptrdiff_t> likely_shifts(std::span<const Vote> votes) {
  std::vector<std::pair<std::size_t, std::ptrdiff_t>> counted;
  for (std::size_t begin = 0, end = 0, next = 0; begin < votes.size(); begin = next) {
    for (next = begin; next < votes.size() && votes[next].shift == votes[begin].shift;) ++next;
    for (end = next; end < votes.size() && votes[end].shift == votes[begin].shift + 1;) ++end;
    if (end - begin >= kLeastVotes) counted.emplace_back(end - begin, votes[begin].shift);
  }
  std::sort(counted.begin(), counted.end(), std::greater<>());
  std::vector<std::ptrdiff_t> shifts;
  for (const auto& [count, shift] : counted) {
    const bool near_another =
        std::any_of(shifts.begin(), shifts.end(),
                    [&, at = shift](std::ptrdiff_t other) { return std::abs(at - other) <= kShiftReach; });
    if (!near_another) shifts.push_back(shift);
    if (shifts.size() == kShiftsTried) break;
  }
  return shifts;
}

// The best match near the likely shifts; similarity 0 where none is close enough.
SoundMatch prove(const Fingerprint& first, const Fingerprint& second, std::span<const Vote> votes) {
  SoundMatch best;
  for (const std::ptrdiff_t likely : likely_shifts(votes)) {
    // Nearly all that share a few words by chance end here.
    if (similarity(first, second, likely) < kWorthALook) continue;
    for (std::ptrdiff_t shift = likely - kShiftReach; shift <= likely + kShiftReach; ++shift) {
      const double seconds = static_cast<double>(overlap(first, second, shift)) * kFingerprintFrameSeconds;
      if (seconds < kShortSeconds) continue;
      const double value = similarity(first, second, shift);
      if (value < (seconds < kLongSeconds ? kShortSimilarity : kLongSimilarity) || value <= best.similarity)
        continue;
      best.shift_seconds = static_cast<double>(shift) * kFingerprintFrameSeconds;
      best.overlap_seconds = seconds;
      best.similarity = value;
    }
  }
  return best;
}

// All clips whose sound clip `first` shares.
void add_matches(std::span<const Fingerprint> fingerprints, std::size_t first, const Index& index,
                 std::vector<SoundMatch>& matches) {
  const std::vector<Vote> votes = votes_for(first, fingerprints[first], index);
  for (std::size_t begin = 0, end = 0; begin < votes.size(); begin = end) {
    for (end = begin; end < votes.size() && votes[end].clip == votes[begin].clip;) ++end;
    if (end - begin < kLeastVotes) continue;
    const std::size_t second = votes[begin].clip;
    SoundMatch match =
        prove(fingerprints[first], fingerprints[second], std::span(votes).subspan(begin, end - begin));
    if (match.similarity == 0) continue;
    match.first = first;
    match.second = second;
    matches.push_back(match);
  }
}

}  // namespace

double similarity(const Fingerprint& first, const Fingerprint& second, std::ptrdiff_t shift) {
  const std::ptrdiff_t begin = std::max<std::ptrdiff_t>(0, shift), frames = overlap(first, second, shift);
  std::int64_t agree = 0, differ = 0, in_first = 0, in_second = 0;
  for (std::ptrdiff_t i = 0; i < frames; ++i) {
    const auto a = static_cast<std::size_t>(begin + i), b = static_cast<std::size_t>(begin + i - shift);
    const std::uint32_t both = first.strong[a] & second.strong[b];
    const std::uint32_t unlike = both & (first.sign[a] ^ second.sign[b]);
    differ += std::popcount(unlike);
    agree += std::popcount(both ^ unlike);
    in_first += std::popcount(first.strong[a]);
    in_second += std::popcount(second.strong[b]);
  }
  if (in_first == 0 || in_second == 0) return 0;
  return static_cast<double>(agree - differ) /
         std::sqrt(static_cast<double>(in_first) * static_cast<double>(in_second));
}

std::vector<SoundMatch> find_same_sounds(std::span<const Fingerprint> fingerprints, int threads) {
  const Index index(fingerprints);
  std::vector<SoundMatch> matches;
  std::mutex mutex;
  using Found = std::vector<SoundMatch>;
  run_on_threads(
      threads, fingerprints.size(), kNothingWritten, [] { return Found(); },
      [&](Found& found, std::size_t first) { add_matches(fingerprints, first, index, found); },
      [&](const Found& found) {
        const std::lock_guard guard(mutex);
        matches.insert(matches.end(), found.begin(), found.end());
      });
  std::sort(matches.begin(), matches.end(), [](const SoundMatch& a, const SoundMatch& b) {
    return std::pair(a.first, a.second) < std::pair(b.first, b.second);
  });
  return matches;
}

}  // namespace genretrack

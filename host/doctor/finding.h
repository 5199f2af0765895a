// What the doctor can find, how bad it is, and what to do about it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace genretrack {

// What holds after a signal.
inline constexpr const char* kNothingWritten = "nothing was written; run the command again";

// Worst first: reports are in this order.
enum class Severity {
  kError,    // the clip cannot serve as it is; a clean manifest leaves it out
  kWarning,  // it can, and results may suffer
  kNote,     // worth knowing
};

enum class FindingKind {
  kUnreadable,
  kTruncated,
  kEmpty,
  kSilent,
  kCancellingChannels,
  kExactCopy,
  kSameSamples,
  kNearDuplicate,
  kTwoGenres,
  kSoundInTwoParts,
  kArtistInTwoParts,
  kWrongSuffix,
  kClipped,
  kOffset,
  kSilence,
  kDeadChannel,
  kOddLength,
  kOddRate,
  kFewClips,
  kFewArtists,
  kConcentratedArtist,
  kMonoInStereo,
  kUnknownArtists,
};

struct Finding {
  FindingKind kind = FindingKind::kUnreadable;
  Severity severity = Severity::kError;
  std::vector<std::size_t> clips;  // indices into Dataset::clips; empty where the subject is something else
  std::string subject;             // a genre, an artist, a file that is no clip; empty where clips say it
  std::string what;                // what was found, where in the recording and how strong
  double strength = 0;             // orders findings of one kind, largest first
};

std::string_view name(Severity severity);   // "error"
std::string_view name(FindingKind kind);    // "near-duplicate", for JSON and searching
std::string_view title(FindingKind kind);   // "the same recording, nearly"
std::string_view remedy(FindingKind kind);  // what to do, a sentence

// Errors first, then by kind, then by strength.
void sort_worst_first(std::vector<Finding>& findings);

}  // namespace genretrack

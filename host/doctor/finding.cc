#include "host/doctor/finding.h"

#include <algorithm>
#include <array>
#include <tuple>

namespace genretrack {
namespace {

struct KindText {
  FindingKind kind;
  std::string_view name, title, remedy;
};

using enum FindingKind;
constexpr std::array kTexts = {
    KindText{kUnreadable, "unreadable", "cannot be read",
             "Copy or download the file again, or convert it to one of wav, au, flac, ogg, mp3, opus."},
    KindText{kTruncated, "truncated", "cut off", "Copy or download the file again."},
    KindText{kEmpty, "empty", "empty", "Copy or download the file again."},
    KindText{kSilent, "silent", "silent",
             "Replace the recording, or leave it out: there is nothing to learn from it."},
    KindText{
        kCancellingChannels, "cancelling-channels", "channels that cancel each other",
        "Invert one channel, or keep one only: the average that genretrack reads holds next to nothing."},
    KindText{kExactCopy, "exact-copy", "the same file twice",
             "Keep one. In two parts of a split, copies make results too good."},
    KindText{kSameSamples, "same-samples", "the same samples in different files",
             "Keep one. In two parts of a split, copies make results too good."},
    KindText{kNearDuplicate, "near-duplicate", "the same recording, coded, cut or levelled differently",
             "Listen to them and keep one. In two parts of a split, copies make results too good."},
    KindText{kTwoGenres, "two-genres", "one recording under two genres",
             "Decide which genre it has; a clean manifest leaves out every copy."},
    KindText{kSoundInTwoParts, "sound-in-two-parts", "one recording in two parts of the split",
             "Move all copies to one part: a network knows what it is tested on."},
    KindText{
        kArtistInTwoParts, "artist-in-two-parts", "an artist in two parts of the split",
        "Move the artist's clips to one part, or say \"allow_leakage\" in the spec and in every report."},
    KindText{kWrongSuffix, "wrong-suffix", "a suffix that is not that of the content",
             "Rename the file; other programs go by its suffix, and so does the search for recordings."},
    KindText{kClipped, "clipped", "clipped",
             "Take the recording from a better source; turning it down does not bring the peaks back."},
    KindText{kOffset, "dc-offset", "shifted from zero",
             "Subtract the mean, or high-pass at 20 Hz: the offset fills the lowest band of a spectrogram."},
    KindText{kSilence, "silence", "a long silence",
             "Cut it away: segments from there hold no music but a genre."},
    KindText{kDeadChannel, "dead-channel", "a channel without sound",
             "Keep the other channel only: the average is 6 dB too quiet."},
    KindText{kOddLength, "odd-length", "a length unlike the others'",
             "See whether the right part was kept: shorter clips are padded, longer ones cut."},
    KindText{kOddRate, "odd-rate", "a sample rate unlike the others'",
             "Take all from one kind of source: a network can learn the rate in place of the genre."},
    KindText{kFewClips, "few-clips", "a genre of few clips",
             "Add clips, or leave the genre out of the comparison."},
    KindText{kFewArtists, "few-artists", "a genre of few artists",
             "Add artists: training, validation and test need one each at least, to be apart by artist."},
    KindText{kConcentratedArtist, "concentrated-artist", "an artist who is much of a genre",
             "Group splits by artist, and add others: the network may learn the artist."},
    KindText{kMonoInStereo, "mono-in-stereo", "one channel stored twice",
             "Nothing has to be done; as one channel it takes half the room."},
    KindText{kUnknownArtists, "unknown-artists", "clips of unknown artists",
             "Name the artists in a manifest's column 'artist': splits can keep apart only those they know."},
};

const KindText& text_of(FindingKind kind) {
  return *std::find_if(kTexts.begin(), kTexts.end(), [&](const KindText& text) { return text.kind == kind; });
}

}  // namespace

std::string_view name(Severity severity) {
  constexpr std::array<std::string_view, 3> kNames = {"error", "warning", "note"};
  return kNames[static_cast<std::size_t>(severity)];
}

std::string_view name(FindingKind kind) { return text_of(kind).name; }
std::string_view title(FindingKind kind) { return text_of(kind).title; }
std::string_view remedy(FindingKind kind) { return text_of(kind).remedy; }

void sort_worst_first(std::vector<Finding>& findings) {
  std::stable_sort(findings.begin(), findings.end(), [](const Finding& a, const Finding& b) {
    return std::tuple(a.severity, a.kind, -a.strength) < std::tuple(b.severity, b.kind, -b.strength);
  });
}

}  // namespace genretrack

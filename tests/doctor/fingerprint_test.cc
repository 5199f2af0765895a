#include "host/doctor/fingerprint.h"

#include "host/audio/resampler.h"
#include "host/doctor/same_sound.h"
#include "tests/doctor/doctor_fixture.h"

namespace genretrack {
namespace {

Samples at_fingerprint_rate(const Samples& samples, int rate = 22050) {
  Resampler resampler(rate, kFingerprintRate);
  Samples output;
  resampler.push(samples, output);
  resampler.finish(output);
  return output;
}

Fingerprint fingerprint_of(const Samples& samples, int rate = 22050) {
  Fingerprinter fingerprinter;
  fingerprinter.push(at_fingerprint_rate(samples, rate));
  return fingerprinter.finish();
}

std::vector<SoundMatch> matches_of(const std::vector<Samples>& sounds) {
  std::vector<Fingerprint> fingerprints;
  for (const Samples& sound : sounds) fingerprints.push_back(fingerprint_of(sound));
  return find_same_sounds(fingerprints, 2);
}

TEST(Fingerprint, DoesNotDependOnHowSamplesArrive) {
  const Samples samples = at_fingerprint_rate(music(1, 75));  // three chunks
  Fingerprinter fingerprinter;
  fingerprinter.push(samples);
  const Fingerprint whole = fingerprinter.finish();
  for (std::size_t begin = 0, piece = 1; begin < samples.size(); begin += piece, piece = piece * 2 + 1)
    fingerprinter.push(std::span(samples).subspan(begin, std::min(piece, samples.size() - begin)));
  const Fingerprint pieces = fingerprinter.finish();
  EXPECT_EQ(whole.sign, pieces.sign);
  EXPECT_EQ(whole.strong, pieces.strong);
  EXPECT_EQ(whole.frames(), (samples.size() - 4096) / 256 + 1 - 4);
}

TEST(Fingerprint, HasNoSeamsBetweenChunks) {
  const Samples samples = music(2, 60);
  const Fingerprint whole = fingerprint_of(samples);
  // Begins a little before the second chunk of the first.
  const Fingerprint late = fingerprint_of(from_second(samples, 256.0 / kFingerprintRate * 1200));
  EXPECT_GT(similarity(whole, late, 1200), 0.97);
}

TEST(Fingerprint, OfSilenceAndOfTooLittleHasNothingStrong) {
  EXPECT_EQ(fingerprint_of(Samples(4000)).frames(), 0u);
  const Fingerprint silence = fingerprint_of(Samples(3 * 22050));
  EXPECT_GT(silence.frames(), 0u);
  EXPECT_TRUE(std::ranges::all_of(silence.strong, [](std::uint32_t bits) { return bits == 0; }));
  EXPECT_EQ(similarity(silence, silence, 0), 0);
}

TEST(Fingerprint, DiscardForgets) {
  Fingerprinter fingerprinter;
  fingerprinter.push(at_fingerprint_rate(music(3, 40)));
  fingerprinter.discard();
  fingerprinter.push(at_fingerprint_rate(music(4, 3)));
  EXPECT_EQ(fingerprinter.finish().sign, fingerprint_of(music(4, 3)).sign);
}

TEST(SameSounds, FindsShiftedQuieterAndNoisyCopies) {
  const Samples original = music(5, 20);
  Samples noisy = original;
  Random random(1, Purpose::kCrop);
  for (float& sample : noisy) sample += static_cast<float>(0.004 * (random.uniform() - 0.5));
  const std::vector<Samples> sounds = {original, from_second(original, 3.77), scaled(original, 0.1f), noisy,
                                       music(6, 20)};
  const std::vector<SoundMatch> matches = matches_of(sounds);
  ASSERT_EQ(matches.size(), 6u);  // every pair of the four
  for (const SoundMatch& match : matches) {
    EXPECT_LT(match.second, 4u);
    const double shift = (match.second == 1 ? 3.77 : 0) - (match.first == 1 ? 3.77 : 0);
    EXPECT_NEAR(match.shift_seconds, shift, 0.03);
    EXPECT_NEAR(match.overlap_seconds, match.first == 1 || match.second == 1 ? 15.8 : 19.5, 0.3);
    EXPECT_GT(match.similarity, 0.7);
  }
}

TEST(SameSounds, FindsAnExcerptAndOverlappingExcerpts) {
  const Samples song = music(7, 60);
  const Samples early(song.begin(), song.begin() + 30 * 22050), late = from_second(song, 20);
  const std::vector<SoundMatch> matches = matches_of({early, late, from_second(late, 37)});
  ASSERT_EQ(matches.size(), 2u);
  EXPECT_EQ(std::pair(matches[0].first, matches[0].second), std::pair(std::size_t{0}, std::size_t{1}));
  EXPECT_NEAR(matches[0].shift_seconds, 20, 0.03);
  EXPECT_NEAR(matches[0].overlap_seconds, 9.6, 0.3);
  EXPECT_EQ(std::pair(matches[1].first, matches[1].second), std::pair(std::size_t{1}, std::size_t{2}));
  EXPECT_NEAR(matches[1].shift_seconds, 37, 0.03);
}

TEST(SameSounds, KeepsDifferentMusicApart) {
  std::vector<Samples> sounds;
  for (std::uint64_t seed = 100; seed < 140; ++seed) sounds.push_back(music(seed, 8));
  EXPECT_TRUE(matches_of(sounds).empty());
}

TEST(SameSounds, KeepsSilenceAndTonesApart) {
  EXPECT_TRUE(matches_of({Samples(4 * 22050), Samples(5 * 22050), sine(440, 22050, 4 * 22050),
                          sine(660, 22050, 4 * 22050)})
                  .empty());
}

TEST(SameSounds, ManyCopiesEndSoon) {
  // Every word of theirs is common; none of it may be compared with all of the rest.
  const Fingerprint one = fingerprint_of(music(8, 10));
  const std::vector<Fingerprint> copies(60, one);
  EXPECT_EQ(find_same_sounds(copies, 2).size(), 60u * 59 / 2);
}

}  // namespace
}  // namespace genretrack

// One recording with one fault among healthy ones: found, and nothing else.
#include "tests/doctor/doctor_fixture.h"

namespace genretrack {
namespace {

class ClipFindings : public DoctorTest {
 protected:
  void SetUp() override { write_healthy(); }
  // What is found in jazz/x.wav, whose music is as long as the others'.
  Lines with(const Samples& samples, int channels = 1) {
    write("jazz/x.wav", samples, channels);
    return clip_findings(examine());
  }
  const Samples music_ = music(1, 4);
};

TEST_F(ClipFindings, NoneInHealthyMusic) {
  EXPECT_EQ(with(music_), Lines{});
  EXPECT_TRUE(examine().left_out.empty());
}

TEST_F(ClipFindings, Silence) {
  EXPECT_EQ(with(Samples(music_.size())), Lines{"silent: jazz/x.wav"});
  EXPECT_EQ(with(scaled(music_, 0.002f)), Lines{"silent: jazz/x.wav"});  // steps of 16 bits
  EXPECT_EQ(with(scaled(music_, 0.1f)), Lines{});
}

TEST_F(ClipFindings, SilenceOfATrainingSegmentButNotOfASecond) {
  Samples samples = music(1, 4);
  std::fill_n(samples.begin() + 22050, 22050, 0.0f);
  EXPECT_EQ(with(samples), Lines{});
  std::fill_n(samples.begin() + 11025, 3.2 * 22050, 0.0f);
  EXPECT_EQ(with(samples), Lines{"silence: jazz/x.wav"});
  const DoctorReport report = examine();
  EXPECT_NEAR(report.facts[3].signal.longest_silence_at, 0.5, 0.06);
  EXPECT_NEAR(report.facts[3].signal.longest_silence_seconds, 3.2, 0.11);
}

TEST_F(ClipFindings, Clipping) {
  Samples samples = scaled(music_, 12);
  for (float& sample : samples) sample = std::clamp(sample, -1.0f, 1.0f);
  EXPECT_EQ(with(samples), Lines{"clipped: jazz/x.wav"});
  EXPECT_GT(examine().facts[3].signal.channels[0].longest_run, 3u);
}

TEST_F(ClipFindings, NoClippingWhereSinglePeaksReachFullScale) {
  Samples samples = music_;
  for (std::size_t i = 100; i + 50 < samples.size(); i += 100) samples[i] = 1, samples[i + 50] = -1;
  EXPECT_EQ(with(samples), Lines{});
}

TEST_F(ClipFindings, CountsFlatTopsExactly) {
  Samples samples = music_;
  std::fill_n(samples.begin() + 22050, 40, 1.0f);
  std::fill_n(samples.begin() + 30000, 3, -1.0f);
  std::fill_n(samples.begin() + 40000, 2, 1.0f);
  std::fill_n(samples.end() - 5, 5, 1.0f);
  EXPECT_EQ(with(samples), Lines{"clipped: jazz/x.wav"});
  const ChannelStats stats = examine().facts[3].signal.channels[0];
  EXPECT_EQ(stats.clipped, 48u);
  EXPECT_EQ(stats.longest_run, 40u);
  EXPECT_DOUBLE_EQ(stats.first_clipped_seconds, 1);
}

TEST_F(ClipFindings, Offset) {
  Samples samples = music_;
  for (float& sample : samples) sample += 0.02f;
  EXPECT_EQ(with(samples), Lines{"dc-offset: jazz/x.wav"});
  EXPECT_NEAR(examine().facts[3].signal.channels[0].mean, 0.02, 1e-3);
  for (float& sample : samples) sample -= 0.0195f;
  EXPECT_EQ(with(samples), Lines{});
}

TEST_F(ClipFindings, ChannelsThatAreEqualNearlyEqualOrDifferent) {
  EXPECT_EQ(with(stereo(music_, music_), 2), Lines{"mono-in-stereo: jazz/x.wav"});
  Samples near = music_;
  near[500] += 0.002f;
  EXPECT_EQ(with(stereo(music_, near), 2), Lines{"mono-in-stereo: jazz/x.wav"});
  EXPECT_EQ(with(stereo(music_, music(2, 4)), 2), Lines{});
}

TEST_F(ClipFindings, ADeadChannelAndChannelsThatCancel) {
  EXPECT_EQ(with(stereo(music_, Samples(music_.size())), 2), Lines{"dead-channel: jazz/x.wav"});
  EXPECT_EQ(with(stereo(music_, scaled(music_, -1)), 2), Lines{"cancelling-channels: jazz/x.wav"});
  EXPECT_EQ(examine().left_out, std::vector<std::size_t>{3});
  EXPECT_EQ(with(stereo(music_, scaled(music_, -0.9f)), 2), Lines{"cancelling-channels: jazz/x.wav"});
  EXPECT_TRUE(examine().left_out.empty()) << "something is left of it";
}

TEST_F(ClipFindings, WhatCannotBeRead) {
  write_bytes(path("jazz/a.wav"), "");
  write_bytes(path("jazz/b.wav"), "no audio at all, only some words that stand here in place of it");
  write("jazz/c.wav", music_);
  cut_to(path("jazz/c.wav"), 0.5);
  write_bytes(path("jazz/d.mp3"), std::string("\0\0\0\x20"
                                              "ftypM4A ",
                                              12) +
                                      std::string(100, '\0'));
  const DoctorReport report = examine();
  EXPECT_EQ(clip_findings(report), (Lines{"unreadable: jazz/b.wav", "unreadable: jazz/d.mp3",
                                          "truncated: jazz/c.wav", "empty: jazz/a.wav"}));
  EXPECT_EQ(report.left_out.size(), 4u);
  EXPECT_NE(report.findings[1].what.find("MP4"), std::string::npos) << report.findings[1].what;
}

TEST_F(ClipFindings, AnOggFileWithoutItsEnd) {
  write("jazz/x.ogg", music(3, 8), 1, 22050, SF_FORMAT_OGG | SF_FORMAT_VORBIS);
  EXPECT_EQ(clip_findings(examine()), Lines{"odd-length: jazz/x.ogg"});
  cut_to(path("jazz/x.ogg"), 0.6);
  const Lines found = clip_findings(examine());
  ASSERT_FALSE(found.empty());
  EXPECT_EQ(found[0], "truncated: jazz/x.ogg");
}

TEST_F(ClipFindings, ASuffixThatIsNotThatOfTheContent) {
  write("jazz/x.mp3", music_, 1, 22050, SF_FORMAT_FLAC | SF_FORMAT_PCM_16);
  write("jazz/y.dat", music(4, 4));
  write_bytes(path("jazz/notes.txt"), "words");
  const DoctorReport report = examine();
  EXPECT_EQ(clip_findings(report), Lines{"wrong-suffix: jazz/x.mp3"});
  EXPECT_EQ(report.passed_over, 2u);
  EXPECT_TRUE(std::ranges::any_of(report.findings, [](const Finding& finding) {
    return finding.kind == FindingKind::kWrongSuffix && finding.subject == "jazz/y.dat";
  }));
}

TEST_F(ClipFindings, OddRatesAndLengths) {
  write("jazz/x.wav", music(5, 4, 8000), 1, 8000);
  write("jazz/y.wav", music(6, 2));
  EXPECT_EQ(clip_findings(examine()), (Lines{"odd-length: jazz/y.wav", "odd-rate: jazz/x.wav"}));
}

}  // namespace
}  // namespace genretrack

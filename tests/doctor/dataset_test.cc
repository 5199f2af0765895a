// What a data set as a whole is told: copies, labels, artists, genres, the clean manifest; and that nothing
// in it changes.
#include <map>

#include "host/core/error.h"
#include "tests/doctor/doctor_fixture.h"

namespace genretrack {
namespace {

namespace fs = std::filesystem;

class DoctorDataset : public DoctorTest {
 protected:
  // The clean manifest of a data set, written beside it, and read again.
  std::vector<std::string> ids_of_clean(const DoctorReport& report) {
    const fs::path manifest = folder_ / "clean.csv";
    write_file_atomically(manifest, clean_manifest(report, folder_.path()));
    std::vector<std::string> ids;
    for (const Clip& clip : read_dataset(manifest).clips) ids.push_back(clip.id);
    return ids;
  }
  std::map<std::string, std::pair<fs::file_time_type, std::string>> tree() {
    std::map<std::string, std::pair<fs::file_time_type, std::string>> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder_.path()))
      if (entry.is_regular_file())
        files[entry.path().string()] = {entry.last_write_time(), read_file(entry.path())};
    return files;
  }
  static std::size_t count(const DoctorReport& report, FindingKind kind) {
    return static_cast<std::size_t>(std::ranges::count(report.findings, kind, &Finding::kind));
  }
};

TEST_F(DoctorDataset, FindsCopiesOfFilesOfSamplesAndOfSound) {
  write_healthy(2, 8);
  const Samples song = music(1, 8);
  write("jazz/a.wav", song);
  write("jazz/b.wav", song);
  write("jazz/c.flac", song, 1, 22050, SF_FORMAT_FLAC | SF_FORMAT_PCM_16);
  write("jazz/d.ogg", scaled(song, 0.4f), 1, 22050, SF_FORMAT_OGG | SF_FORMAT_VORBIS);
  write("jazz/e.wav", stereo(song, song), 2);
  const DoctorReport report = examine();
  EXPECT_EQ(clip_findings(report),
            (Lines{"exact-copy: jazz/a.wav, jazz/b.wav", "same-samples: jazz/a.wav, jazz/c.flac, jazz/e.wav",
                   "near-duplicate: jazz/a.wav, jazz/d.ogg", "mono-in-stereo: jazz/e.wav"}));
  EXPECT_EQ(ids_of_clean(report),
            (Lines{"jazz/0.wav", "jazz/1.wav", "jazz/a.wav", "rock/0.wav", "rock/1.wav"}));
}

TEST_F(DoctorDataset, KeepsACopyThatServesInPlaceOfOneThatDoesNot) {
  write_healthy(2);
  write("jazz/a.wav", music(1, 4));
  write("jazz/b.wav", music(1, 4));
  cut_to(path("jazz/a.wav"), 0.9);
  EXPECT_EQ(ids_of_clean(examine()),
            (Lines{"jazz/0.wav", "jazz/1.wav", "jazz/b.wav", "rock/0.wav", "rock/1.wav"}));
}

TEST_F(DoctorDataset, LeavesOutARecordingOfTwoGenres) {
  write_healthy(2, 8);
  write("jazz/a.wav", music(1, 8));
  write("rock/a.wav", from_second(music(1, 10), 0.3));
  const DoctorReport report = examine();
  const Lines found = clip_findings(report);
  EXPECT_TRUE(std::ranges::count(found, "near-duplicate: jazz/a.wav, rock/a.wav") == 1);
  EXPECT_TRUE(std::ranges::count(found, "two-genres: jazz/a.wav, rock/a.wav") == 1);
  EXPECT_EQ(ids_of_clean(report), (Lines{"jazz/0.wav", "jazz/1.wav", "rock/0.wav", "rock/1.wav"}));
}

TEST_F(DoctorDataset, SilentClipsAreNotCopiesOfEachOther) {
  write_healthy(2);
  write("jazz/a.wav", Samples(22050 * 4));
  write("jazz/b.flac", Samples(22050 * 4), 1, 22050, SF_FORMAT_FLAC | SF_FORMAT_PCM_16);
  EXPECT_EQ(clip_findings(examine()), (Lines{"silent: jazz/a.wav", "silent: jazz/b.flac"}));
}

TEST_F(DoctorDataset, FindsArtistsAndSoundsInTwoParts) {
  write_healthy(3, 8);
  write("rock/copy.wav", scaled(music(20, 8), 0.5f));
  write_bytes(folder_ / "list.csv",
              "path,genre,artist,split\n"
              "jazz/0.wav,jazz,Ann Lee,train\njazz/1.wav,jazz,ann-lee,test\njazz/2.wav,jazz,,train\n"
              "rock/0.wav,rock,Bo,train\nrock/1.wav,rock,Bo,train\nrock/2.wav,rock,Cy,validation\n"
              "rock/copy.wav,rock,Bo,test\n");
  const DoctorReport report = examine(folder_ / "list.csv");
  const Lines found = clip_findings(report);
  EXPECT_EQ(found, (Lines{"near-duplicate: rock/0.wav, rock/copy.wav",
                          "sound-in-two-parts: rock/0.wav, rock/copy.wav",
                          "artist-in-two-parts: rock/0.wav, rock/1.wav, rock/copy.wav",
                          "artist-in-two-parts: jazz/0.wav, jazz/1.wav"}));
  ASSERT_EQ(report.parts.size(), 3u);
  EXPECT_EQ(report.parts[0].one + report.parts[0].other, "testtrain");
  EXPECT_EQ(report.parts[0].artists, (Lines{"ann-lee", "Bo"}));
  EXPECT_TRUE(report.parts[1].artists.empty());
}

TEST_F(DoctorDataset, CountsClipsAndArtistsOfGenres) {
  std::string list = "path,genre,artist\n";
  for (int i = 0; i < 10; ++i) {
    write("m/" + std::to_string(i) + ".wav", music(static_cast<std::uint64_t>(i), 2));
    list += "m/" + std::to_string(i) + ".wav,rock," + (i < 3 ? "Ann" : "artist " + std::to_string(i)) + "\n";
  }
  write("m/a.wav", music(50, 2));
  write("m/b.wav", music(51, 2));
  write_bytes(folder_ / "list.csv", list + "m/a.wav,jazz,Bo\nm/b.wav,jazz,Cy\n");
  const DoctorReport report = examine(folder_ / "list.csv");
  EXPECT_EQ(count(report, FindingKind::kFewClips), 1u);            // jazz
  EXPECT_EQ(count(report, FindingKind::kFewArtists), 1u);          // jazz
  EXPECT_EQ(count(report, FindingKind::kConcentratedArtist), 1u);  // Ann, 3 of 10
  EXPECT_EQ(count(report, FindingKind::kUnknownArtists), 0u);
  ASSERT_EQ(report.lengths.size(), 2u);
  EXPECT_EQ(report.lengths[1].clips, 10u);
  EXPECT_EQ(report.lengths[1].artists, 8u);
  EXPECT_DOUBLE_EQ(report.lengths[1].total, 20);
}

TEST_F(DoctorDataset, CleanManifestKeepsLabelsAndHostileNames) {
  const std::string name = "m/ =cmd|' /C calc'!A0,\"quoted\" & <b>söng</b>.wav";
  write(name, music(1, 2));
  write("m/b.wav", music(2, 2));
  write_bytes(folder_ / "list.csv",
              "path,genre,artist,year,split\n\"m/ =cmd|' /C calc'!A0,\"\"quoted\"\" & <b>söng</b>.wav\","
              "\"a, \"\"b\"\"\",\"@Ann, \"\"Lee\"\"\",1999,train\nm/b.wav,rock,,,\n");
  const DoctorReport report = examine(folder_ / "list.csv");
  write_file_atomically(folder_ / "clean.csv", clean_manifest(report, folder_.path()));
  const Dataset before = report.dataset, after = read_dataset(folder_ / "clean.csv");
  ASSERT_EQ(after.clips.size(), before.clips.size());
  for (std::size_t i = 0; i < after.clips.size(); ++i) {
    EXPECT_EQ(after.clips[i].id, before.clips[i].id);
    EXPECT_EQ(after.clips[i].genre, before.clips[i].genre);
    EXPECT_EQ(after.clips[i].artist, before.clips[i].artist);
    EXPECT_EQ(after.clips[i].year, before.clips[i].year);
    EXPECT_EQ(after.clips[i].part, before.clips[i].part);
  }
}

TEST_F(DoctorDataset, RefusesAManifestOfFewerThanTwoGenres) {
  write("jazz/a.wav", music(1, 2));
  write("rock/a.wav", Samples(22050));
  const DoctorReport report = examine();
  EXPECT_THROW(clean_manifest(report, folder_.path()), Error);
}

TEST_F(DoctorDataset, ChangesNothing) {
  write_healthy();
  write("jazz/x.wav", Samples(22050));
  write_bytes(path("jazz/broken.wav"), "RIFF");
  write_bytes(path("jazz/notes.txt"), "words");
  const auto before = tree();
  examine();
  EXPECT_EQ(tree(), before);
}

TEST_F(DoctorDataset, ReportsTheSameOnOneThreadAndOnMany) {
  write_healthy(4);
  write("rock/copy.wav", scaled(music(20, 4), 0.5f));
  write_bytes(path("jazz/broken.wav"), "RIFF");
  const auto lines = [&](int threads) {
    DoctorOptions options;
    options.threads = threads;
    std::size_t last = 0, total = 0;
    options.progress = [&](std::size_t done, std::size_t all) { last = done, total = all; };
    const Lines found = clip_findings(examine_dataset(read_dataset(folder_.path()), options));
    EXPECT_EQ(last, total);
    EXPECT_EQ(total, 10u);
    return found;
  };
  EXPECT_EQ(lines(1), lines(7));
  EXPECT_FALSE(lines(1).empty());
}

}  // namespace
}  // namespace genretrack

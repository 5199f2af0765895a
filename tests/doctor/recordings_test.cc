// The known replicas of GTZAN, in the recordings where they are at hand.
#include <map>
#include <set>

#include "host/dataset/gtzan.h"
#include "tests/dataset/shared_gtzan.h"
#include "tests/doctor/doctor_fixture.h"

namespace genretrack {
namespace {

using Pair = std::pair<std::string, std::string>;

std::set<Pair> found_pairs(const DoctorReport& report) {
  std::set<Pair> pairs;
  for (const Finding& finding : report.findings) {
    if (finding.kind != FindingKind::kExactCopy && finding.kind != FindingKind::kSameSamples &&
        finding.kind != FindingKind::kNearDuplicate)
      continue;
    for (std::size_t i = 1; i < finding.clips.size(); ++i)
      pairs.emplace(report.dataset.clips[finding.clips[0]].stem(),
                    report.dataset.clips[finding.clips[i]].stem());
  }
  return pairs;
}

std::set<Pair> known_pairs(const Dataset& dataset) {
  std::set<std::string> stems;
  for (const Clip& clip : dataset.clips) stems.insert(clip.stem());
  std::set<Pair> pairs;
  for (const Clip& clip : dataset.clips) {
    const GtzanClip* known = find_gtzan_clip(clip.stem(), clip.genre);
    if (known != nullptr && stems.contains(known->replica_of)) pairs.emplace(known->replica_of, known->clip);
  }
  return pairs;
}

TEST(Recordings, AllKnownReplicasAndNoOthers) {
  const auto gtzan = shared_gtzan();
  if (!gtzan) GTEST_SKIP() << "no recordings of GTZAN on this machine";
  DoctorOptions options;
  options.threads = 2;
  Dataset dataset = read_dataset(*gtzan / "genres", {.genres = {"jazz", "pop"}});
  const std::set<Pair> known = known_pairs(dataset);
  ASSERT_GE(known.size(), 20u);
  EXPECT_EQ(found_pairs(examine_dataset(std::move(dataset), options)), known);
}

TEST(Recordings, ShortExcerptsOfDifferentSongsStayApart) {
  const auto gtzan = shared_gtzan();
  if (!gtzan) GTEST_SKIP() << "no recordings of GTZAN on this machine";
  DoctorOptions options;
  options.threads = 2;
  EXPECT_EQ(found_pairs(examine_dataset(read_dataset(*gtzan / "excerpts"), options)), std::set<Pair>{});
}

}  // namespace
}  // namespace genretrack

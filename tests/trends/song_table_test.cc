#include "host/trends/song_table.h"

#include <gtest/gtest.h>

#include "host/core/error.h"
#include "host/core/files.h"
#include "host/trends/periods.h"
#include "tests/core/temporary_folder.h"

namespace genretrack::testing {
namespace {

class SongTables : public ::testing::Test {
 protected:
  Collection read(const std::string& text, std::optional<Step> step = std::nullopt) {
    write_file_atomically(folder_.path() / "songs.csv", text);
    return read_probability_table(folder_.path() / "songs.csv", step);
  }
  std::string refusal(const std::string& text) {
    try {
      read(text);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kData);
      return error.what();
    }
    return "accepted";
  }
  TemporaryFolder folder_;
};

TEST_F(SongTables, CountsEveryRowThatCannotBeUsed) {
  const Collection made = read(
      "path,year,weight,jazz,rock\n"
      "a,1984,1,0.2,0.8\n"
      "b,,1,0.2,0.8\n"
      "c,0,1,0.2,0.8\n"
      "d,soon,1,0.2,0.8\n"
      "e,9999,1,0.2,0.8\n"
      "f,1985,0,0.2,0.8\n"
      "g,1985,-1,0.2,0.8\n"
      "h,1985,1,,\n"
      "i,1985,1,0.9,0.8\n"
      "j,1985,1,nan,0.8\n"
      "k,1985,2,0.1990,0.8\n");
  EXPECT_EQ(made.counts.rows, 11u);
  EXPECT_EQ(made.counts.used, 2u);
  EXPECT_EQ(made.counts.without_date, 2u);
  EXPECT_EQ(made.counts.unreadable_date, 1u);
  EXPECT_EQ(made.counts.in_future, 1u);
  EXPECT_EQ(made.counts.without_weight, 2u);
  EXPECT_EQ(made.counts.unusable, 3u);
  EXPECT_EQ(made.counts.examples.size(), 9u);
  EXPECT_EQ(made.counts.examples[0], "line 3: no year");
  EXPECT_EQ(made.songs.genres, (std::vector<std::string>{"jazz", "rock"}));
  EXPECT_EQ(made.songs.weights[1], 2);
  EXPECT_NEAR(made.songs.row(1, 0)[0] + made.songs.row(1, 0)[1], 1, 1e-6);
}

TEST_F(SongTables, CountsByQuartersOnlyWhereAllSongsHaveOne) {
  EXPECT_EQ(read("date,a,b\n1984Q1,0.5,0.5\n1984Q3,0.5,0.5\n").step, Step::kQuarter);
  EXPECT_EQ(read("date,a,b\n1984Q1,0.5,0.5\n1984,0.5,0.5\n").step, Step::kYear);
  EXPECT_EQ(read("date,a,b\n1984-03-01,0.5,0.5\n").step, Step::kYear);
  const Collection made = read("date,a,b\n1984Q1,0.5,0.5\n1984,0.5,0.5\n", Step::kQuarter);
  EXPECT_EQ(made.counts.too_coarse, 1u);
  EXPECT_EQ(made.counts.used, 1u);
}

TEST_F(SongTables, JoinsTheRowsOfSeveralSeeds) {
  const Collection made = read(
      "path,seed,year,genre,truth,a,b\n"
      "x,1,1984,b,a,0.9,0.1\n"
      "y,1,1985,a,b,0.4,0.6\n"
      "y,2,1985,a,b,0.2,0.8\n"
      "x,2,1984,a,a,0.7,0.3\n");
  ASSERT_EQ(made.songs.songs(), 2u);
  EXPECT_EQ(made.songs.seeds, 2u);
  EXPECT_FLOAT_EQ(made.songs.row(0, 1)[0], 0.7f);
  EXPECT_FLOAT_EQ(made.songs.row(1, 1)[1], 0.8f);
  EXPECT_EQ(made.songs.truths, (std::vector<std::int32_t>{0, 1}));
  EXPECT_NE(refusal("path,seed,year,a,b\nx,1,1984,0.9,0.1\ny,2,1984,0.9,0.1\n").find("every seed"),
            std::string::npos);
  EXPECT_NE(refusal("path,seed,year,a,b\nx,1,1984,0.9,0.1\nx,1,1984,0.9,0.1\n").find("twice"),
            std::string::npos);
}

TEST_F(SongTables, RefusesWhatIsNoTable) {
  EXPECT_NE(refusal("path,jazz,rock\na,0.5,0.5\n").find("no column \"year\""), std::string::npos);
  EXPECT_NE(refusal("path,year\na,1984\n").find("--model"), std::string::npos);
  EXPECT_NE(refusal("path,year,label,jazz,rock\na,1984,EMI,0.5,0.5\n").find("\"label\""), std::string::npos);
  EXPECT_NE(refusal("year,jazz,rock\n").find("no song"), std::string::npos);
  EXPECT_NE(refusal("year,jazz,rock\n1984,0.5\n").find(":2:"), std::string::npos);
  EXPECT_NE(refusal("year,jazz,rock\n2999,0.5,0.5\n").find("future"), std::string::npos);
  EXPECT_NE(refusal("year,jazz,jazz\n1984,0.5,0.5\n").find("name of its own"), std::string::npos);
  EXPECT_NE(refusal("").find("header"), std::string::npos);
}

SongTable songs_of(const std::vector<int>& years) {
  SongTable songs;
  songs.genres = {"a", "b"};
  for (const int year : years) {
    songs.dates.push_back({year, 0, 0});
    songs.weights.push_back(1);
    songs.artists.push_back(-1);
    songs.probabilities.insert(songs.probabilities.end(), {0.5f, 0.5f});
  }
  return songs;
}

std::vector<int> repeated(int first, int last, int times) {
  std::vector<int> years;
  for (int year = first; year <= last; ++year)
    years.insert(years.end(), static_cast<std::size_t>(times), year);
  return years;
}

std::size_t songs_in(const Periods& periods) {
  std::size_t count = 0;
  for (const Period& period : periods.periods) count += period.songs;
  return count;
}

TEST(Periods, StayYearsWhereSongsAreMany) {
  const Periods made = make_periods(songs_of(repeated(1960, 1979, 20)), Step::kYear, 20);
  EXPECT_EQ(made.width, 1);
  EXPECT_EQ(made.periods.size(), 20u);
  EXPECT_EQ(made.periods[3].label, "1963");
  EXPECT_EQ(made.periods[3].time, 1963.5);
}

TEST(Periods, WidenWhereSongsAreFew) {
  const Periods made = make_periods(songs_of(repeated(1960, 1979, 5)), Step::kYear, 20);
  EXPECT_EQ(made.width, 5);
  EXPECT_EQ(made.periods.size(), 4u);
  EXPECT_EQ(made.periods[1].label, "1965 to 1969");
}

TEST(Periods, MergeTheFewSparseOnesAndLoseNoSong) {
  std::vector<int> years = repeated(1960, 1999, 30);
  std::erase_if(years, [](int year) { return year == 1970; });
  years.insert(years.end(), {1924, 1970, 1970});
  const Periods made = make_periods(songs_of(years), Step::kYear, 20);
  EXPECT_EQ(made.width, 1);
  EXPECT_EQ(songs_in(made), years.size());
  EXPECT_EQ(made.periods.front().label, "1924 to 1960");
  EXPECT_NEAR(made.periods.front().time, 1959.3, 0.1);
  EXPECT_EQ(made.periods[1].gap, 2);  // the songs of the first one lie around its end
  std::size_t merged = 0;
  for (const Period& period : made.periods) {
    merged += period.merged;
    EXPECT_GE(period.songs, 20u);
  }
  EXPECT_EQ(merged, 2u);
}

TEST(Periods, OneYearIsOnePeriodHoweverFewItsSongs) {
  const Periods made = make_periods(songs_of({1984, 1984, 1984}), Step::kYear, 20);
  ASSERT_EQ(made.periods.size(), 1u);
  EXPECT_EQ(made.periods[0].songs, 3u);
}

}  // namespace
}  // namespace genretrack::testing

#include "host/core/csv.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <limits>
#include <string>
#include <vector>

#include "host/core/error.h"
#include "host/core/files.h"
#include "host/core/random.h"
#include "tests/core/temporary_folder.h"

namespace genretrack {
namespace {

std::string message_of(std::string_view text) {
  try {
    parse_csv(text, "table.csv");
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kData);
    return error.what();
  }
  return "no error";
}

TEST(Csv, ReadsQuotedFieldsWithTheirLines) {
  const CsvTable table = parse_csv("a,b\r\n1,\"x, \"\"y\"\"\"\r\n\r\n2,\"two\nlines\"\n3,\n", "t");
  ASSERT_EQ(table.header, (std::vector<std::string>{"a", "b"}));
  ASSERT_EQ(table.rows.size(), 3u);
  EXPECT_EQ(table.rows[0].fields[1], "x, \"y\"");
  EXPECT_EQ(table.rows[0].line, 2u);
  EXPECT_EQ(table.rows[1].fields[1], "two\nlines");
  EXPECT_EQ(table.rows[1].line, 4u);
  EXPECT_EQ(table.rows[2].fields[1], "");
  EXPECT_EQ(table.rows[2].line, 6u);
}

TEST(Csv, ReadsTheLastLineWithoutALineFeed) {
  const CsvTable table = parse_csv("a,b\n1,2", "t");
  ASSERT_EQ(table.rows.size(), 1u);
  EXPECT_EQ(table.rows[0].fields, (std::vector<std::string>{"1", "2"}));
}

TEST(Csv, SkipsTheByteOrderMark) { EXPECT_EQ(parse_csv("\xef\xbb\xbfpath,genre\n", "t").header[0], "path"); }

TEST(Csv, FindsColumns) {
  const CsvTable table = parse_csv("path,genre\n", "songs.csv");
  EXPECT_EQ(table.column("genre"), 1u);
  EXPECT_FALSE(table.find("year"));
  try {
    table.column("year");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()),
              "songs.csv: there is no column 'year'; the columns are 'path', 'genre'");
  }
}

TEST(Csv, RefusesRaggedRows) {
  EXPECT_NE(message_of("a,b\n1,2\n1,2,3\n").find("table.csv:3: 3 fields, but the header names 2"),
            std::string::npos);
  EXPECT_NE(message_of("a,b\n1\n").find("table.csv:2: 1 field,"), std::string::npos);
}

TEST(Csv, RefusesBrokenQuotes) {
  EXPECT_NE(message_of("a,b\n1,2\n1,\"2\n3,4\n").find("table.csv:3: a quote opens"), std::string::npos);
  EXPECT_NE(message_of("a,b\n1,x\"y\"\n").find("table.csv:2: a quote stands inside"), std::string::npos);
}

TEST(Csv, RefusesAColumnNamedTwice) {
  EXPECT_NE(message_of("a,b,a\n").find("table.csv:1: the column 'a'"), std::string::npos);
}

TEST(Csv, RefusesTextThatIsNotUtf8) {
  for (const char* bad : {"\xff", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82"})
    EXPECT_NE(message_of("a\n" + std::string(bad) + "\n").find("table.csv:2: this line is not UTF-8"),
              std::string::npos);
  EXPECT_NE(message_of(std::string("a\nx\0y\n", 6)).find("table.csv:2"), std::string::npos);
  EXPECT_EQ(parse_csv("a\nB\xc3\xa9la \xe2\x99\xab \xf0\x9f\x8e\xb5\n", "t").rows.size(), 1u);
}

TEST(Csv, RefusesATextWithoutHeader) {
  for (const char* text : {"", "\n\n", "  \n", "\xef\xbb\xbf"})
    EXPECT_NE(message_of(text).find("no header line"), std::string::npos);
}

TEST(Csv, ReadsBackWhatItWrites) {
  // Alphabet of what is awkward: separators, quotes, both line ends, spaces, letters beyond ASCII.
  const std::vector<std::string> alphabet = {",",  "\"", "\n",       "\r",           " ",
                                             "\t", "a",  "\xc3\xa9", "\xe2\x99\xab", "0"};
  Random random(7, Purpose::kSplit);
  for (int round = 0; round < 500; ++round) {
    const std::size_t columns = 1 + random.below(4);
    std::vector<std::string> header;
    for (std::size_t c = 0; c < columns; ++c) header.push_back("c" + std::to_string(c));
    std::string text = csv_line(header);
    std::vector<std::vector<std::string>> rows(random.below(5));
    for (std::vector<std::string>& row : rows) {
      for (std::size_t c = 0; c < columns; ++c) {
        std::string& field = row.emplace_back();
        for (std::uint32_t n = random.below(6); n > 0; --n)
          field += alphabet[random.below(static_cast<std::uint32_t>(alphabet.size()))];
      }
      text += csv_line(row);
    }
    const CsvTable table = parse_csv(text, "t");
    ASSERT_EQ(table.rows.size(), rows.size()) << text;
    for (std::size_t r = 0; r < rows.size(); ++r) ASSERT_EQ(table.rows[r].fields, rows[r]) << text;
  }
}

TEST(Csv, ScansAFileLikeTheTextWhereverItsPiecesEnd) {
  const TemporaryFolder folder;
  // Lines of three ends and a quoted line feed, moved over the border of two pieces byte by byte.
  const std::string rows = "a,b\r\n1,\"x\ny\"\r2,z\n";
  for (std::size_t shift = 0; shift < 30; ++shift) {
    const std::string text = std::string((1 << 20) - shift, ' ') + "\n" + rows;
    write_file_atomically(folder / "t.csv", text);
    std::vector<std::vector<std::string>> scanned;
    scan_csv(folder / "t.csv",
             [&](std::size_t, std::vector<std::string>& fields) { scanned.push_back(fields); });
    ASSERT_EQ(scanned, (std::vector<std::vector<std::string>>{{"a", "b"}, {"1", "x\ny"}, {"2", "z"}}))
        << shift;
  }
}

TEST(Csv, RefusesRowsAndTablesWithoutMeasure) {
  EXPECT_NE(
      message_of("a\n\"" + std::string(17 << 20, 'x')).find("table.csv:2: this row is longer than 16 MB"),
      std::string::npos);
  std::string lines = "a\n\"";
  for (int i = 0; i < (17 << 10); ++i) lines += std::string(1023, 'x') + "\n";
  EXPECT_NE(message_of(lines).find("table.csv:2: this row is longer than 16 MB"), std::string::npos);
  EXPECT_NE(message_of(std::string(100000, ',') + "\n").find("more than 65536 fields"), std::string::npos);
}

TEST(Csv, QuotesOnlyWhatMustBeQuoted) {
  EXPECT_EQ(csv_line(std::vector<std::string>{"a b", "", "1.5"}), "a b,,1.5\n");
  EXPECT_EQ(csv_line(std::vector<std::string>{"a,b", " c", "say \"d\""}),
            "\"a,b\",\" c\",\"say \"\"d\"\"\"\n");
}

TEST(Csv, SurvivesArbitraryBytes) {
  Random random(11, Purpose::kSplit);
  const std::string pool = "a,\"\n\r \xff\xc3\xa9";
  for (int round = 0; round < 3000; ++round) {
    std::string text;
    for (std::uint32_t n = random.below(40); n > 0; --n)
      text += pool[random.below(static_cast<std::uint32_t>(pool.size()))];
    try {
      const CsvTable table = parse_csv(text, "t");
      for (const CsvTable::Row& row : table.rows) ASSERT_EQ(row.fields.size(), table.header.size());
    } catch (const Error&) {
    }
  }
}

TEST(NumberText, IsShortAndReadsBack) {
  EXPECT_EQ(number_text(0.1), "0.1");
  EXPECT_EQ(number_text(0.1f), "0.1");
  EXPECT_EQ(number_text(3.0), "3");
  Random random(3, Purpose::kSplit);
  for (int i = 0; i < 1000; ++i) {
    const double value = std::ldexp(random.uniform() - 0.5, static_cast<int>(random.below(200)) - 100);
    EXPECT_EQ(std::strtod(number_text(value).c_str(), nullptr), value);
    const auto single = static_cast<float>(value);
    EXPECT_EQ(std::strtof(number_text(single).c_str(), nullptr), single);
  }
}

}  // namespace
}  // namespace genretrack

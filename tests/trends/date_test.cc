#include "host/trends/date.h"

#include <gtest/gtest.h>

namespace genretrack {
namespace {

TEST(Date, ReadsYearsQuartersAndDates) {
  const auto fields = [](const char* text) {
    const std::optional<Date> date = parse_date(text);
    return date ? std::vector<int>{date->year, date->quarter, date->month} : std::vector<int>{};
  };
  using Fields = std::vector<int>;
  EXPECT_EQ(fields("1984"), (Fields{1984, 0, 0}));
  EXPECT_EQ(fields("1984.0"), (Fields{1984, 0, 0}));
  EXPECT_EQ(fields("1984Q3"), (Fields{1984, 3, 0}));
  EXPECT_EQ(fields("1984-q1"), (Fields{1984, 1, 0}));
  EXPECT_EQ(fields("1984 Q4"), (Fields{1984, 4, 0}));
  EXPECT_EQ(fields("1984-07"), (Fields{1984, 3, 7}));
  EXPECT_EQ(fields("1984-12-31"), (Fields{1984, 4, 12}));
  EXPECT_EQ(fields("1984/02/01"), (Fields{1984, 1, 2}));
  EXPECT_EQ(fields("1984-07-31T12:00:00Z"), (Fields{1984, 3, 7}));
  EXPECT_EQ(fields("1984-07-31 12:00"), (Fields{1984, 3, 7}));
}

TEST(Date, RefusesWhatIsNone) {
  for (const char* text :
       {"",        "84",      "198",        "19844",  "0984",        "-1984",      "1984Q5",     "1984Q",
        "1984Q12", "1984-13", "1984-00",    "1984-7", "1984-07-",    "1984-07-32", "1984-07-00", "1984-07/01",
        "1984.5",  "1984 07", "about 1984", "1984-",  "1984-07-311", "1984-+1"})
    EXPECT_FALSE(parse_date(text)) << text;
}

TEST(Date, CountsStepsAndNamesThem) {
  const Date date = *parse_date("1984-07-31");
  EXPECT_EQ(step_label(step_index(date, Step::kYear), Step::kYear), "1984");
  EXPECT_EQ(step_label(step_index(date, Step::kQuarter), Step::kQuarter), "1984 Q3");
  EXPECT_EQ(step_label(step_index(date, Step::kMonth), Step::kMonth), "1984-07");
  EXPECT_DOUBLE_EQ(middle_year(step_index(date, Step::kYear), Step::kYear), 1984.5);
  EXPECT_DOUBLE_EQ(middle_year(step_index(date, Step::kQuarter), Step::kQuarter), 1984.625);
  EXPECT_TRUE(date.has(Step::kMonth));
  EXPECT_FALSE(parse_date("1984Q3")->has(Step::kMonth));
  EXPECT_GE(today().year, 2024);
}

}  // namespace
}  // namespace genretrack

// Years, quarters and dates as collections write them, and the steps of time that songs are counted by.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace genretrack {

// What one step of time is. Songs that are dated more finely than that are rounded down to it.
enum class Step : std::uint8_t { kYear, kQuarter, kMonth };

struct Date {
  int year = 0;
  int quarter = 0;  // 1 to 4; 0 where only the year is known
  int month = 0;    // 1 to 12; 0 where it is not known
  bool has(Step step) const;
};

// "1984", "1984.0" (pandas' years with gaps), "1984Q3", "1984-Q3", "1984-07", "1984-07-31", "1984/07/31", and
// a time behind "T" or a space; nothing for any other text. Years are 1000 to 9999.
std::optional<Date> parse_date(std::string_view text);

// The number of steps since the start of year 0; `date` must have that step.
int step_index(const Date& date, Step step);
int steps_per_year(Step step);
// "1984", "1984 Q3", "1984-07"
std::string step_label(int index, Step step);
// The middle of a step, in years: 1984.5 for 1984.
double middle_year(int index, Step step);

// The last step that is not in the future, by the system's clock.
Date today();

}  // namespace genretrack

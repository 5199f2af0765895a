#include "host/trends/date.h"

#include <charconv>
#include <chrono>

namespace genretrack {
namespace {

// The whole text as a number without sign; nothing where it is none.
std::optional<int> number(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || text.front() == '-' || error != std::errc() || end != text.data() + text.size())
    return std::nullopt;
  return value;
}

bool is_day(std::string_view text) {
  const std::optional<int> day = number(text.substr(0, 2));
  return text.size() >= 2 && day && *day >= 1 && *day <= 31 &&
         (text.size() == 2 || text[2] == 'T' || text[2] == ' ');
}

std::optional<Date> with_quarter(int year, std::string_view digit) {
  if (digit.size() != 1 || digit[0] < '1' || digit[0] > '4') return std::nullopt;
  return Date{year, digit[0] - '0', 0};
}

}  // namespace

bool Date::has(Step step) const {
  return step == Step::kYear || (step == Step::kQuarter ? quarter : month) > 0;
}

std::optional<Date> parse_date(std::string_view text) {
  if (text.size() < 4) return std::nullopt;
  const std::optional<int> year = number(text.substr(0, 4));
  if (!year || *year < 1000) return std::nullopt;
  std::string_view rest = text.substr(4);
  if (rest.empty() || rest == ".0") return Date{*year, 0, 0};
  if (rest.front() == 'Q' || rest.front() == 'q') return with_quarter(*year, rest.substr(1));
  if (rest.front() != '-' && rest.front() != '/' && rest.front() != ' ') return std::nullopt;
  const char separator = rest.front();
  rest.remove_prefix(1);
  if (!rest.empty() && (rest.front() == 'Q' || rest.front() == 'q'))
    return with_quarter(*year, rest.substr(1));
  const std::optional<int> month = number(rest.substr(0, 2));
  if (separator == ' ' || rest.size() < 2 || !month || *month < 1 || *month > 12) return std::nullopt;
  const Date date{*year, (*month - 1) / 3 + 1, *month};
  rest.remove_prefix(2);
  if (rest.empty() || (rest.front() == separator && is_day(rest.substr(1)))) return date;
  return std::nullopt;
}

int steps_per_year(Step step) { return step == Step::kYear ? 1 : step == Step::kQuarter ? 4 : 12; }

int step_index(const Date& date, Step step) {
  const int within = step == Step::kYear ? 0 : step == Step::kQuarter ? date.quarter - 1 : date.month - 1;
  return date.year * steps_per_year(step) + within;
}

std::string step_label(int index, Step step) {
  const int per_year = steps_per_year(step), within = index % per_year + 1;
  std::string label = std::to_string(index / per_year);
  if (step == Step::kQuarter) label += " Q" + std::to_string(within);
  if (step == Step::kMonth) label += (within < 10 ? "-0" : "-") + std::to_string(within);
  return label;
}

double middle_year(int index, Step step) { return (index + 0.5) / steps_per_year(step); }

Date today() {
  const std::chrono::year_month_day day(
      std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now()));
  const int month = static_cast<int>(static_cast<unsigned>(day.month()));
  return {static_cast<int>(day.year()), (month - 1) / 3 + 1, month};
}

}  // namespace genretrack

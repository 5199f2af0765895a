#include "host/report/axis.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

namespace genretrack {
namespace {

constexpr double kLongestInSeconds = 120, kHour = 3600;

// Of 1, 2 and 5 times a power of ten the least that is not below `least`.
double round_step(double least) {
  const double power = std::pow(10, std::floor(std::log10(least)));
  for (const double digit : {1.0, 2.0, 5.0})
    if (digit * power >= least * (1 - 1e-9)) return digit * power;
  return 10 * power;
}

double clock_step(double least) {
  constexpr std::array<double, 14> kSteps = {1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200};
  if (least <= 0.5) return round_step(least);
  for (const double step : kSteps)
    if (step >= least * (1 - 1e-9)) return step;
  return kHour * round_step(least / kHour);
}

int decimals_of(double step) { return std::max(0, -static_cast<int>(std::floor(std::log10(step) + 1e-9))); }

// The digits of a value that is not negative.
std::string digits_of(double value, int decimals) {
  std::string text = std::to_string(std::llround(value * std::pow(10, decimals)));
  if (decimals > 0) {
    if (text.size() <= static_cast<std::size_t>(decimals)) text.insert(0, decimals + 1 - text.size(), '0');
    text.insert(text.size() - static_cast<std::size_t>(decimals), ".");
  }
  return text;
}

std::string label_of(double value, int decimals) {
  const std::string text = digits_of(std::abs(value), decimals);
  return value < 0 && text.find_first_not_of("0.") != std::string::npos ? "\u2212" + text : text;
}

template <class Label>
std::vector<Tick> ticks_at(double low, double high, double step, const Label& label) {
  std::vector<Tick> ticks;
  for (double n = std::ceil(low / step - 1e-6); n <= high / step + 1e-6; ++n)
    ticks.push_back({n * step, label(n * step, decimals_of(step))});
  return ticks;
}

}  // namespace

std::vector<Tick> round_ticks(double low, double high, int most) {
  if (!(high > low)) return {{low, label_of(low, 0)}};
  return ticks_at(low, high, round_step((high - low) / most), label_of);
}

std::vector<Tick> time_ticks(double low, double high, int most) {
  if (high <= kLongestInSeconds && high > low) return round_ticks(low, high, most);
  if (!(high > low)) return {{low, high <= kLongestInSeconds ? label_of(low, 2) : clock_text(low, 2)}};
  return ticks_at(low, high, clock_step((high - low) / most), clock_text);
}

std::string time_title(double high) {
  return high <= kLongestInSeconds ? "time (s)" : high < kHour ? "time (m:ss)" : "time (h:mm:ss)";
}

std::string clock_text(double seconds, int decimals) {
  const double scale = std::pow(10, decimals), rounded = std::round(seconds * scale) / scale;
  const auto minutes = static_cast<std::int64_t>(rounded / 60 + 1e-9);
  const auto two = [](std::string digits) {
    return digits.size() < 2 || digits[1] == '.' ? "0" + digits : digits;
  };
  const std::string rest =
      two(digits_of(std::max(0.0, rounded - 60 * static_cast<double>(minutes)), decimals));
  if (minutes < 60) return std::to_string(minutes) + ":" + rest;
  return std::to_string(minutes / 60) + ":" + two(std::to_string(minutes % 60)) + ":" + rest;
}

std::string time_text(double seconds, double with) {
  if (std::max(seconds, with) <= kLongestInSeconds) return digits_of(seconds, seconds < 10 ? 2 : 1) + " s";
  return clock_text(seconds, std::abs(seconds - std::round(seconds)) < 0.05 ? 0 : 1);
}

}  // namespace genretrack

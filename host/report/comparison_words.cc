#include "host/report/comparison_words.h"

#include <spdlog/fmt/fmt.h>

#include <cmath>

namespace genretrack {

std::string fixed(double value, int decimals) { return fmt::format("{:.{}f}", value, decimals); }

std::string percent(double share) { return fixed(100 * share, 1); }

std::string points(double difference) {
  const std::string digits = fixed(100 * std::abs(difference), 1);
  if (digits == "0.0") return digits;
  return (difference < 0 ? "−" : "+") + digits;
}

std::string percent_interval(Interval interval) {
  return percent(interval.low) + " to " + percent(interval.high);
}

std::string points_interval(Interval interval) {
  return points(interval.low) + " to " + points(interval.high);
}

std::string p_text(double p) {
  if (p < 0.001) return "p < 0.001";
  return "p = " + fixed(p, p < 0.1 ? 3 : 2);
}

std::string fixed_spread(const SeedSpread& spread, int decimals) {
  const std::string mean = fixed(spread.mean, decimals);
  return spread.deviation ? mean + " ± " + fixed(*spread.deviation, decimals) : mean;
}

std::string percent_spread(const SeedSpread& spread) {
  SeedSpread scaled = spread;
  scaled.mean *= 100;
  if (scaled.deviation) *scaled.deviation *= 100;
  return fixed_spread(scaled, 1);
}

std::string count_text(std::size_t count, const std::string& one, const std::string& many) {
  return std::to_string(count) + " " + (count == 1 ? one : many);
}

std::string shell_word(const std::string& text) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=:,./@%";
  if (!text.empty() && text.find_first_not_of(kPlain) == std::string::npos) return text;
  std::string word = "'";
  for (const char c : text) word += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return word + "'";
}

std::string level_text(double level) { return fmt::format("{:.3g} %", 100 * (1 - level)); }

}  // namespace genretrack

// Numbers as a comparison writes them, the same in text and page.
#pragma once

#include <string>

#include "host/analysis/uncertainty.h"

namespace genretrack {

std::string fixed(double value, int decimals);
std::string percent(double share);                                 // 0.8356 -> "83.6"
std::string points(double difference);                             // 0.0123 -> "+1.2", -0.0123 -> "−1.2"
std::string percent_interval(Interval interval);                   // "75.1 to 90.3"
std::string points_interval(Interval interval);                    // "−2.0 to +4.3"
std::string p_text(double p);                                      // "p = 0.031", "p < 0.001"
std::string percent_spread(const SeedSpread& spread);              // "82.1 ± 1.4", or "82.1" for one seed
std::string fixed_spread(const SeedSpread& spread, int decimals);  // "0.512 ± 0.021"
std::string count_text(std::size_t count, const std::string& one,
                       const std::string& many);  // "1 clip", "73 clips"
std::string shell_word(const std::string& text);  // in single quotes where a shell would read it otherwise
std::string level_text(double level);             // "95 %" interval for 0.05, "97.5 %" for 0.025

}  // namespace genretrack

// Axes of pictures: where their ticks lie and what is written there.
#pragma once

#include <string>
#include <vector>

namespace genretrack {

struct Tick {
  double at = 0;
  std::string label;
};

struct Axis {
  std::string title;         // with its unit
  double low = 0, high = 1;  // the edges of the picture, in the axis's own unit
  std::vector<Tick> ticks;   // ascending, within the edges
  double share(double value) const { return (value - low) / (high - low); }
};

// Ticks at multiples of 1, 2 or 5 times a power of ten, at most `most` of them.
std::vector<Tick> round_ticks(double low, double high, int most);

// Ticks for times in seconds, at most `most` of them: in seconds up to two minutes, behind that as 2:05 or
// 1:02:05, at steps that a clock has.
std::vector<Tick> time_ticks(double low, double high, int most);
std::string time_title(double high);  // of the axis, e.g. "time (m:ss)"

// 2:05, 1:02:05 or, with decimals, 1:02:05.25; of a time of 0 seconds or more.
std::string clock_text(double seconds, int decimals);

// In a sentence: 0.25 s, 30.0 s, 2:05, 1:02:03.5; as a clock's wherever `with`, a time beside it, is.
std::string time_text(double seconds, double with = 0);

}  // namespace genretrack

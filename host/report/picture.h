// A heat map with its axes: what is drawn and what is written beside it, the same on a page and in a PNG
// file.
#pragma once

#include <string>
#include <string_view>
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

struct Picture {
  std::string title, note;  // the note is a sentence or nothing
  int rows = 0, columns = 0;
  std::vector<float> values;  // (rows, columns), row-major; row 0 is at the bottom
  Axis x, y, colour;          // values outside the colour axis get the colour of its nearer end
};

// Ticks at multiples of 1, 2 or 5 times a power of ten, at most `most` of them.
std::vector<Tick> round_ticks(double low, double high, int most);

// At most `most` columns: each the largest value of its run of neighbours, so that no onset is lost.
Picture with_columns(const Picture& picture, int most);

// The heat map alone, a pixel per value, as the bytes of a PNG file. Throws Error(kFailure) where cairo
// fails.
std::string heat_map_png(const Picture& picture);

// All pictures, one below the other under a title and a line of text, with axes and colour bars, 1,600 pixels
// wide, as the bytes of a PNG file. Throws Error(kFailure) where cairo fails.
std::string pictures_png(const std::string& title, const std::string& line,
                         const std::vector<Picture>& pictures);

}  // namespace genretrack

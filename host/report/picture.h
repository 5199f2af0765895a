// A heat map with its axes: what is drawn and what is written beside it, the same on a page and in a PNG or
// SVG file.
#pragma once

#include <string>
#include <vector>

#include "host/report/axis.h"

namespace genretrack {

// What one pixel shows where it stands for several values.
enum class Reduction { kLargest, kMean };

struct Picture {
  std::string title, note;  // the note is sentences or nothing
  int rows = 0, columns = 0;
  std::vector<float> values;  // (rows, columns), row-major; row 0 is at the bottom
  Axis x, y, colour;          // values outside the colour axis get the colour of its nearer end
  Reduction reduction = Reduction::kLargest;
};

// At most so many columns and rows: each the largest value, or the mean, of its run of neighbours. Where
// columns were put together the note says so.
Picture reduced(Picture picture, int most_columns, int most_rows);

// The widest heat map that is drawn in a file and on a page, so that a longer one may be reduced beforehand.
inline constexpr int kFileColumns = 1340, kPageColumns = 1400;

// The heat map alone, a pixel per value, as the bytes of a PNG file. Throws Error(kFailure) where cairo
// fails.
std::string heat_map_png(const Picture& picture);

// All pictures, one below the other under a title and a line of text, with axes and colour bars, 1,600 pixels
// wide, as the bytes of a PNG or an SVG file; the same bytes for the same pictures. Text is drawn as outlines
// in SVG, so that it looks the same where a font is missing. Throws Error(kFailure) where cairo fails.
std::string pictures_png(const std::string& title, const std::string& line,
                         const std::vector<Picture>& pictures);
std::string pictures_svg(const std::string& title, const std::string& line,
                         const std::vector<Picture>& pictures);

}  // namespace genretrack

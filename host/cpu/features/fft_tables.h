// Rotations of the FFT in fft.h, built once in double.
#pragma once

#include <vector>

namespace genretrack {

struct Rotation {
  float re, im;  // cos, sin of -2 pi times a fraction of a turn
};

// A real transform of n_fft points is a complex one of n_fft / 2 = rows * columns.
struct FftTables {
  explicit FftTables(int n_fft);
  int rows, columns;               // 32 and 32 for n_fft 2048
  std::vector<Rotation> row_step;  // i / rows of a turn: inside a transform of `rows` points
  std::vector<Rotation> column_step;
  std::vector<Rotation> middle;  // (columns, rows): between the two, j k / (rows columns) of a turn
  std::vector<Rotation> split;   // (n_fft / 2 + 1): k / n_fft of a turn, apart into even and odd samples
};

}  // namespace genretrack

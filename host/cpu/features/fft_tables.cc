#include "host/cpu/features/fft_tables.h"

#include <bit>
#include <cmath>
#include <numbers>

namespace genretrack {
namespace {

Rotation rotation(double turns) {
  const double angle = -2 * std::numbers::pi * turns;
  return {static_cast<float>(std::cos(angle)), static_cast<float>(std::sin(angle))};
}

std::vector<Rotation> steps(int count, int whole) {
  std::vector<Rotation> result;
  for (int i = 0; i < count; ++i) result.push_back(rotation(static_cast<double>(i) / whole));
  return result;
}

}  // namespace

FftTables::FftTables(int n_fft) {
  const int half = n_fft / 2;
  rows = 1 << ((std::bit_width(static_cast<unsigned>(half)) - 1) / 2);
  columns = half / rows;
  row_step = steps(rows, rows);
  column_step = steps(columns, columns);
  split = steps(half + 1, n_fft);
  for (int j = 0; j < columns; ++j)
    for (int k = 0; k < rows; ++k) middle.push_back(rotation(static_cast<double>(j) * k / half));
}

}  // namespace genretrack

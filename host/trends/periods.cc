#include "host/trends/periods.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace genretrack {
namespace {

std::vector<int> widths_of(Step step) {
  if (step == Step::kQuarter) return {1, 2, 4, 8, 20, 40, 80};
  if (step == Step::kMonth) return {1, 3, 6, 12, 24, 60, 120};
  return {1, 2, 5, 10, 20, 50};
}

// Songs of a stretch of time, whole bins of one width.
struct Bin {
  int first = 0, last = 0;
  double weight = 0, square = 0;
  double effective() const { return square > 0 ? weight * weight / square : 0; }
  void add(const Bin& other) {
    last = other.last;
    weight += other.weight;
    square += other.square;
  }
};

// Every bin from the first song to the last, empty ones too; aligned to multiples of the width.
std::vector<Bin> bins_of(const std::vector<int>& steps, const std::vector<double>& weights, int width) {
  const auto [first, last] = std::minmax_element(steps.begin(), steps.end());
  const int start = *first / width;
  std::vector<Bin> bins(static_cast<std::size_t>(*last / width - start) + 1);
  for (std::size_t i = 0; i < bins.size(); ++i) {
    bins[i].first = (start + static_cast<int>(i)) * width;
    bins[i].last = bins[i].first + width - 1;
  }
  for (std::size_t song = 0; song < steps.size(); ++song) {
    Bin& bin = bins[static_cast<std::size_t>(steps[song] / width - start)];
    bin.weight += weights[song];
    bin.square += weights[song] * weights[song];
  }
  return bins;
}

// A width serves where at most a fifth of the songs lie in sparse bins: a few records of long ago must not
// widen everything.
bool serves(const std::vector<Bin>& bins, double least_songs) {
  double all = 0, sparse = 0;
  for (const Bin& bin : bins) {
    all += bin.weight;
    if (bin.effective() < least_songs) sparse += bin.weight;
  }
  return 5 * sparse <= all;
}

// The sparsest bin first, with its smaller neighbour, until none is sparse.
void merge_sparse(std::vector<Bin>& bins, double least_songs) {
  while (bins.size() > 1) {
    const auto poorest = std::min_element(
        bins.begin(), bins.end(), [](const Bin& a, const Bin& b) { return a.effective() < b.effective(); });
    if (poorest->effective() >= least_songs) return;
    const bool has_left = poorest != bins.begin(), has_right = poorest + 1 != bins.end();
    const bool left = has_left && (!has_right || (poorest - 1)->effective() <= (poorest + 1)->effective());
    const auto keep = left ? poorest - 1 : poorest;
    keep->add(*(keep + 1));
    bins.erase(keep + 1);
  }
}

std::string label_of(int first, int last, Step step) {
  const std::string from = step_label(first, step);
  return first == last ? from : from + " to " + step_label(last, step);
}

void fill(Period& period, const SongTable& songs, const std::vector<int>& steps, Periods& made) {
  double weight = 0, square = 0, time = 0;
  std::int32_t artist = -2;
  for (std::size_t i = period.begin; i < period.end; ++i) {
    const std::size_t song = made.order[i];
    weight += songs.weights[song];
    square += songs.weights[song] * songs.weights[song];
    time += songs.weights[song] * middle_year(steps[song], made.step);
    if (songs.artists[song] < 0 || songs.artists[song] != artist) ++period.artists;
    artist = songs.artists[song];
  }
  period.songs = period.end - period.begin;
  period.effective_songs = weight * weight / square;
  period.time = time / weight;
}

}  // namespace

Periods make_periods(const SongTable& songs, Step step, double least_songs) {
  Periods made;
  made.step = step;
  std::vector<int> steps;
  for (const Date& date : songs.dates) steps.push_back(step_index(date, step));
  std::vector<Bin> bins;
  for (const int width : widths_of(step)) {
    bins = bins_of(steps, songs.weights, width);
    made.width = width;
    if (serves(bins, least_songs)) break;
  }
  merge_sparse(bins, least_songs);
  made.order.resize(songs.songs());
  std::iota(made.order.begin(), made.order.end(), std::size_t{0});
  const auto bin_of = [&](std::size_t song) {
    return std::upper_bound(bins.begin(), bins.end(), steps[song],
                            [](int at, const Bin& bin) { return at < bin.first; }) -
           bins.begin() - 1;
  };
  std::stable_sort(made.order.begin(), made.order.end(), [&](std::size_t a, std::size_t b) {
    const auto bin_a = bin_of(a), bin_b = bin_of(b);
    return bin_a != bin_b ? bin_a < bin_b : songs.artists[a] < songs.artists[b];
  });
  for (std::size_t i = 0, begin = 0; i < bins.size(); ++i) {
    Period period;
    period.first = bins[i].first;
    period.last = bins[i].last;
    period.merged = period.last - period.first + 1 > made.width;
    period.label = label_of(period.first, period.last, step);
    period.begin = begin;
    while (begin < made.order.size() && bin_of(made.order[begin]) == static_cast<long>(i)) ++begin;
    period.end = begin;
    fill(period, songs, steps, made);
    made.periods.push_back(period);
  }
  for (std::size_t i = 1; i < made.periods.size(); ++i) {
    const double years = made.periods[i].time - made.periods[i - 1].time;
    made.periods[i].gap =
        std::max(1, static_cast<int>(std::lround(years * steps_per_year(step) / made.width)));
  }
  return made;
}

}  // namespace genretrack

// Between maps and rows of features by frame: plain or blocked maps (N, C, H, W) to (W, clips, C * H) of each
// share, where row h of channel c is feature c * H + h; the mean over H instead of all of it; and the way
// back to plain maps.
#include <algorithm>
#include <cstring>

#include "host/cpu/nn/operations.h"

namespace genretrack::cpu {
namespace {

// Rows of `width` values become columns; tiles keep the lines of both sides in the first cache.
void transpose(const float* from, std::size_t from_row, int rows, int width, float* to, std::size_t to_row) {
  constexpr int kTile = 16;
  for (int r = 0; r < rows; r += kTile) {
    const int end = std::min(rows, r + kTile);
    for (int t = 0; t < width; ++t) {
      float* out = to + std::size_t(t) * to_row;
      for (int k = r; k < end; ++k) out[k] = from[std::size_t(k) * from_row + t];
    }
  }
}

class FoldHeight final : public Operation {
 public:
  FoldHeight(Plan& plan, const Value& x, Value* out)
      : x_(x), layout_(layout_of(x.data.get_desc())), features_(x.channels * x.height) {
    rows_ = plan.make_time_major(features_, x.width, static_cast<bool>(x.gradient));
    out->time = rows_;
  }

  void forward(const StepState&) override {
#pragma omp parallel for schedule(static)
    for (int n = 0; n < rows_.batch; ++n) {
      float* to = rows_.data + rows_.clip(n);
      const float* maps = floats(x_.data);
      if (layout_.lanes == 1)
        transpose(maps + layout_.offset(n, 0, 0), std::size_t(x_.width), features_, x_.width, to,
                  rows_.step(n));
      else
        each_lane(n, [&](std::size_t in_maps, std::size_t in_rows) { to[in_rows] = maps[in_maps]; });
    }
  }

  void backward() override {
    if (!rows_.gradient) return;
#pragma omp parallel for schedule(static)
    for (int n = 0; n < rows_.batch; ++n) {
      const float* from = rows_.gradient + rows_.clip(n);
      float* maps = floats(x_.gradient);
      if (layout_.lanes == 1)
        transpose(from, rows_.step(n), x_.width, features_, maps + layout_.offset(n, 0, 0),
                  std::size_t(x_.width));
      else
        each_lane(n, [&](std::size_t in_maps, std::size_t in_rows) { maps[in_maps] = from[in_rows]; });
    }
  }
  std::string implementation() const override { return "own"; }

 private:
  // Of every value of clip n in blocked maps: its place there, and in the clip's rows.
  template <class Work>
  void each_lane(int n, const Work& work) const {
    const std::size_t step = rows_.step(n);
    for (int c = 0; c < x_.channels; c += layout_.lanes) {
      const int lanes = std::min(layout_.lanes, x_.channels - c);
      for (int h = 0; h < x_.height; ++h)
        for (int t = 0; t < x_.width; ++t) {
          const std::size_t in_maps = layout_.offset(n, c, h * x_.width + t);
          const std::size_t in_rows = std::size_t(t) * step + std::size_t(c) * x_.height + h;
          for (int k = 0; k < lanes; ++k) work(in_maps + k, in_rows + std::size_t(k) * x_.height);
        }
    }
  }

  Value x_;
  MapLayout layout_;
  int features_;
  TimeMajor rows_;
};

class PlainMaps final : public Operation {
 public:
  PlainMaps(Plan& plan, const Value& x, Value* out) : rows_(*x.time) {
    const dnnl::memory::desc plain = plan.map(x.channels, 1, x.width, 1);
    out->time.reset();
    out->data = data_ = plan.make(plain);
    if (rows_.gradient) out->gradient = gradient_ = plan.make(plain);
  }
  void forward(const StepState&) override {
#pragma omp parallel for schedule(static)
    for (int n = 0; n < rows_.batch; ++n)
      transpose(rows_.data + rows_.clip(n), rows_.step(n), rows_.frames, rows_.features, maps(data_, n),
                std::size_t(rows_.frames));
  }
  void backward() override {
    if (!gradient_) return;
#pragma omp parallel for schedule(static)
    for (int n = 0; n < rows_.batch; ++n)
      transpose(maps(gradient_, n), std::size_t(rows_.frames), rows_.features, rows_.frames,
                rows_.gradient + rows_.clip(n), rows_.step(n));
  }
  std::string implementation() const override { return "own"; }

 private:
  float* maps(const dnnl::memory& m, int n) const {
    return floats(m) + std::size_t(n) * rows_.features * rows_.frames;
  }
  TimeMajor rows_;
  dnnl::memory data_, gradient_;
};

class MeanOverHeight final : public Operation {
 public:
  MeanOverHeight(Plan& plan, const Value& x, Value* out) : x_(x), layout_(layout_of(x.data.get_desc())) {
    rows_ = plan.make_time_major(x.channels, x.width, static_cast<bool>(x.gradient));
    out->time = rows_;
  }

  void forward(const StepState&) override {
    const float scale = 1 / static_cast<float>(x_.height);
    each(
        [&](float* row, const float* map, int lanes) {
          std::fill_n(row, lanes, 0.0f);
          for (int h = 0; h < x_.height; ++h, map += std::size_t(x_.width) * layout_.lanes)
            for (int k = 0; k < lanes; ++k) row[k] += map[k];
          for (int k = 0; k < lanes; ++k) row[k] *= scale;
        },
        rows_.data, floats(x_.data));
  }
  void backward() override {
    if (!rows_.gradient) return;
    const float scale = 1 / static_cast<float>(x_.height);
    each(
        [&](const float* row, float* map, int lanes) {
          for (int h = 0; h < x_.height; ++h, map += std::size_t(x_.width) * layout_.lanes)
            for (int k = 0; k < lanes; ++k) map[k] = row[k] * scale;
        },
        rows_.gradient, floats(x_.gradient));
  }
  std::string implementation() const override { return "own"; }

 private:
  // Of every frame and block of channels: its row, the top of its column in the maps, its number of lanes.
  template <class Work>
  void each(const Work& work, float* rows, float* maps) const {
#pragma omp parallel for schedule(static)
    for (int n = 0; n < rows_.batch; ++n)
      for (int c = 0; c < x_.channels; c += layout_.lanes)
        for (int t = 0; t < x_.width; ++t)
          work(rows + rows_.clip(n) + std::size_t(t) * rows_.step(n) + c, maps + layout_.offset(n, c, t),
               std::min(layout_.lanes, x_.channels - c));
  }

  Value x_;
  MapLayout layout_;
  TimeMajor rows_;
};

}  // namespace

std::unique_ptr<Operation> make_time_major(Plan& plan, const Value& x, Value* out) {
  return std::make_unique<FoldHeight>(plan, x, out);
}
std::unique_ptr<Operation> make_plain_maps(Plan& plan, const Value& x, Value* out) {
  return std::make_unique<PlainMaps>(plan, x, out);
}
std::unique_ptr<Operation> make_mean_over_height(Plan& plan, const Value& x, Value* out) {
  return std::make_unique<MeanOverHeight>(plan, x, out);
}

}  // namespace genretrack::cpu

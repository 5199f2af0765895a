// Rows by frame become one vector per clip; plain loops over frames whose inner loops run over channels.
#include <algorithm>
#include <cmath>
#include <limits>

#include "host/cpu/nn/operations.h"

namespace genretrack::cpu {
namespace {

using dnnl::memory;

class TimeSummaryOperation : public Operation {
 public:
  TimeSummaryOperation(Plan& plan, const Value& x, int outputs, bool trained, Value* out)
      : rows_(*x.time), outputs_(outputs) {
    const memory::desc plain = plan.map(outputs, 1, 1, 1);
    out->data = data_ = plan.make(plain);
    if (rows_.gradient || trained) out->gradient = gradient_ = plan.make(plain);
  }
  void forward(const StepState&) override {
#pragma omp parallel for schedule(static)
    for (int n = 0; n < rows_.batch; ++n)
      summarise(n, rows_.data + rows_.clip(n), rows_.step(n), floats(data_) + std::size_t(n) * outputs_);
  }
  void backward() override {
    if (!gradient_) return;
#pragma omp parallel for schedule(static)
    for (int n = 0; n < rows_.batch; ++n)
      spread(n, floats(gradient_) + std::size_t(n) * outputs_, rows_.step(n),
             rows_.gradient ? rows_.gradient + rows_.clip(n) : nullptr);
  }
  std::string implementation() const override { return "own"; }

 protected:
  // x: the clip's features at frame 0; y: its output.
  virtual void summarise(int n, const float* x, std::size_t step, float* y) = 0;
  // gy: gradient of the clip's output; gx: of its features at frame 0, null where nothing in front is trained
  // (then only what is trained here calls it).
  virtual void spread(int n, const float* gy, std::size_t step, float* gx) = 0;

  TimeMajor rows_;
  int outputs_;
  memory data_, gradient_;
};

// Means, maxima, or both.
class MeanAndMaximum final : public TimeSummaryOperation {
 public:
  MeanAndMaximum(Plan& plan, TimeSummary summary, const Value& x, Value* out)
      : TimeSummaryOperation(plan, x, x.channels * (summary == TimeSummary::kBoth ? 2 : 1), false, out),
        mean_(summary != TimeSummary::kMax),
        maximum_(summary != TimeSummary::kMean),
        sums_(std::size_t(plan.batch) * x.channels),
        winners_(std::size_t(plan.batch) * x.channels) {}

 private:
  void summarise(int n, const float* x, std::size_t step, float* y) override {
    const int channels = rows_.features;
    if (mean_) {
      double* sums = sums_.data() + std::size_t(n) * channels;
      std::fill_n(sums, channels, 0.0);
      for (int t = 0; t < rows_.frames; ++t)
        for (int c = 0; c < channels; ++c) sums[c] += x[t * step + c];
      for (int c = 0; c < channels; ++c) y[c] = static_cast<float>(sums[c] / rows_.frames);
      y += channels;
    }
    if (!maximum_) return;
    int* winners = winners_.data() + std::size_t(n) * channels;
    std::fill_n(y, channels, -std::numeric_limits<float>::infinity());
    std::fill_n(winners, channels, 0);
    for (int t = 0; t < rows_.frames; ++t)
      for (int c = 0; c < channels; ++c) {
        const float v = x[t * step + c];
        // The first of equals; a NaN wins and stays, so that a divergence shows.
        if (v <= y[c] || std::isnan(y[c])) continue;
        y[c] = v;
        winners[c] = t;
      }
  }

  void spread(int n, const float* gy, std::size_t step, float* gx) override {
    const int channels = rows_.features;
    const float scale = 1 / static_cast<float>(rows_.frames);
    for (int t = 0; t < rows_.frames; ++t)
      for (int c = 0; c < channels; ++c) gx[t * step + c] = mean_ ? gy[c] * scale : 0;
    if (!maximum_) return;
    if (mean_) gy += channels;
    const int* winners = winners_.data() + std::size_t(n) * channels;
    for (int c = 0; c < channels; ++c) gx[winners[c] * step + c] += gy[c];
  }

  bool mean_, maximum_;
  std::vector<double> sums_;
  std::vector<int> winners_;
};

class Last final : public TimeSummaryOperation {
 public:
  Last(Plan& plan, int directions, const Value& x, Value* out)
      : TimeSummaryOperation(plan, x, x.channels, false, out), forward_channels_(x.channels / directions) {}

 private:
  void summarise(int, const float* x, std::size_t step, float* y) override {
    std::copy_n(x + (rows_.frames - 1) * step, forward_channels_, y);
    std::copy(x + forward_channels_, x + rows_.features, y + forward_channels_);
  }
  void spread(int, const float* gy, std::size_t step, float* gx) override {
    for (int t = 0; t < rows_.frames; ++t) std::fill_n(gx + t * step, rows_.features, 0.0f);
    std::copy_n(gy, forward_channels_, gx + (rows_.frames - 1) * step);
    std::copy(gy + forward_channels_, gy + rows_.features, gx + forward_channels_);
  }

  int forward_channels_;
};

class Attention final : public TimeSummaryOperation {
 public:
  Attention(Plan& plan, Parameters& parameters, std::size_t query, const Value& x, Value* out)
      : TimeSummaryOperation(plan, x, x.channels, true, out),
        query_(parameters.claim_vector(query, ParameterKind::kWeight, x.channels)),
        weights_(std::size_t(plan.batch) * rows_.frames),
        sums_(std::size_t(plan.batch) * x.channels),
        query_gradients_(std::size_t(plan.batch) * x.channels) {}

  void backward() override {
    TimeSummaryOperation::backward();
    for (int c = 0; c < rows_.features; ++c) {
      double sum = 0;
      for (int n = 0; n < rows_.batch; ++n) sum += query_gradients_[std::size_t(n) * rows_.features + c];
      floats(query_.gradient)[c] = static_cast<float>(sum);
    }
  }

 private:
  void summarise(int n, const float* x, std::size_t step, float* y) override {
    double* weights = weights_.data() + std::size_t(n) * rows_.frames;
    double* sums = sums_.data() + std::size_t(n) * rows_.features;
    double most = -std::numeric_limits<double>::infinity(), whole = 0;
    for (int t = 0; t < rows_.frames; ++t) {
      weights[t] = dot(floats(query_.value), x + t * step);
      most = std::max(most, weights[t]);
    }
    for (int t = 0; t < rows_.frames; ++t) whole += weights[t] = std::exp(weights[t] - most);
    std::fill_n(sums, rows_.features, 0.0);
    for (int t = 0; t < rows_.frames; ++t) {
      const double weight = weights[t] /= whole;
      for (int c = 0; c < rows_.features; ++c) sums[c] += weight * x[t * step + c];
    }
    for (int c = 0; c < rows_.features; ++c) y[c] = static_cast<float>(sums[c]);
  }

  // With a the weights and s the scores: dL/ds_t = a_t (g . x_t - g . y).
  void spread(int n, const float* gy, std::size_t step, float* gx) override {
    const float* x = rows_.data + rows_.clip(n);
    const double* weights = weights_.data() + std::size_t(n) * rows_.frames;
    double* query_gradient = query_gradients_.data() + std::size_t(n) * rows_.features;
    const double mean = dot(gy, floats(data_) + std::size_t(n) * outputs_);
    std::fill_n(query_gradient, rows_.features, 0.0);
    for (int t = 0; t < rows_.frames; ++t) {
      const double weight = weights[t], score = weight * (dot(gy, x + t * step) - mean);
      for (int c = 0; c < rows_.features; ++c) query_gradient[c] += score * x[t * step + c];
      if (!gx) continue;
      for (int c = 0; c < rows_.features; ++c)
        gx[t * step + c] = static_cast<float>(weight * gy[c] + score * floats(query_.value)[c]);
    }
  }

  double dot(const float* a, const float* b) const {
    double sum = 0;
    for (int c = 0; c < rows_.features; ++c) sum += double(a[c]) * b[c];
    return sum;
  }

  PackedSlot query_;
  std::vector<double> weights_, sums_, query_gradients_;
};

}  // namespace

std::unique_ptr<Operation> make_time_summary(Plan& plan, Parameters& parameters,
                                             const TimeSummaryBlock& block, const Value& x, Value* out) {
  if (block.summary == TimeSummary::kLast) return std::make_unique<Last>(plan, block.directions, x, out);
  if (block.summary == TimeSummary::kAttention)
    return std::make_unique<Attention>(plan, parameters, block.query, x, out);
  return std::make_unique<MeanAndMaximum>(plan, block.summary, x, out);
}

}  // namespace genretrack::cpu

// Networks over time described once, recorded into a backend and evaluated by the reference.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/cpu/nn/network_case.h"
#include "tests/reference/nn_recurrent.h"

namespace genretrack::testing_nn {

enum class Part { kConvolution, kRecurrent, kFold, kMeanOverHeight, kDropout, kSummary, kMean };
struct TimePart {
  Part part;
  int out = 0;
  Cell cell = Cell::kLstm;
  int directions = 1;
  TimeSummary summary = TimeSummary::kMean;
  float rate = 0;
};
inline TimePart convolve(int out) { return {.part = Part::kConvolution, .out = out}; }
inline TimePart recurrent(Cell cell, int hidden, int directions = 1) {
  return {.part = Part::kRecurrent, .out = hidden, .cell = cell, .directions = directions};
}
inline TimePart fold() { return {.part = Part::kFold}; }
inline TimePart mean_height() { return {.part = Part::kMeanOverHeight}; }
inline TimePart drop(float rate) { return {.part = Part::kDropout, .rate = rate}; }
inline TimePart summary(TimeSummary how, int directions = 1) {
  return {.part = Part::kSummary, .directions = directions, .summary = how};
}
inline TimePart mean_positions() { return {.part = Part::kMean}; }

// The parts, and behind them a dense layer of `classes`.
class TimeCase {
 public:
  TimeCase(int batch, int channels, int height, int width, int classes, std::vector<TimePart> parts);
  Tensor build(NetworkOps& ops) const;
  double reference_loss(std::vector<double>* parameters, Mode mode, std::uint64_t seed, std::uint64_t step);

  int batch, channels, height, width, classes;
  std::vector<TimePart> parts;
  std::vector<ParameterSlot> slots;
  std::vector<float> parameters, input, targets;
  std::vector<double> logits;  // of the last reference_loss

 private:
  struct Offsets {
    std::size_t weight = 0, bias = 0;
    BatchNorm norm;
    RecurrentLayer layer;
  };
  std::size_t add(const std::string& name, std::vector<int> shape, ParameterKind kind, float base,
                  float spread);
  Offsets add_part(const TimePart& part, const std::string& name, int channels);
  std::vector<Offsets> offsets_;
  Values values_{11};
};

inline std::size_t TimeCase::add(const std::string& name, std::vector<int> shape, ParameterKind kind,
                                 float base, float spread) {
  ParameterSlot slot{name, std::move(shape), parameters.size(), kind};
  for (std::size_t i = 0; i < slot.count(); ++i) parameters.push_back(base + spread * values_.next());
  slots.push_back(slot);
  return slot.offset;
}

inline TimeCase::Offsets TimeCase::add_part(const TimePart& p, const std::string& name, int c) {
  Offsets o;
  if (p.part == Part::kConvolution) {
    o.weight = add(name + "/weight", {p.out, c, 3, 3}, ParameterKind::kWeight, 0, 0.5f);
    o.norm.scale = add(name + "/scale", {p.out}, ParameterKind::kVector, 0.8f, 0.3f);
    o.norm.shift = add(name + "/shift", {p.out}, ParameterKind::kVector, 0.1f, 0.3f);
    o.norm.running_mean = add(name + "/mean", {p.out}, ParameterKind::kStatistic, 0, 0.2f);
    o.norm.running_variance = add(name + "/variance", {p.out}, ParameterKind::kStatistic, 1, 0.5f);
  }
  if (p.part == Part::kRecurrent) {
    const int gates = gates_of(p.cell), biases = p.cell == Cell::kGru ? gates + 1 : gates;
    o.layer.cell = p.cell;
    o.layer.hidden = p.out;
    o.layer.directions = p.directions;
    for (int d = 0; d < p.directions; ++d) {
      const std::string id = name + (d ? "/backward" : "/forward");
      o.layer.direction[d] = {add(id + "/input", {gates * p.out, c}, ParameterKind::kWeight, 0, 0.6f),
                              add(id + "/recurrent", {gates * p.out, p.out}, ParameterKind::kWeight, 0, 0.5f),
                              add(id + "/bias", {biases * p.out}, ParameterKind::kVector, 0, 0.5f)};
    }
  }
  if (p.part == Part::kSummary && p.summary == TimeSummary::kAttention)
    o.weight = add(name + "/query", {c}, ParameterKind::kWeight, 0, 1.5f);
  return o;
}

inline TimeCase::TimeCase(int batch_, int channels_, int height_, int width_, int classes_,
                          std::vector<TimePart> parts_)
    : batch(batch_),
      channels(channels_),
      height(height_),
      width(width_),
      classes(classes_),
      parts(std::move(parts_)) {
  int c = channels, h = height, w = width;
  for (const TimePart& p : parts) {
    offsets_.push_back(add_part(p, "part" + std::to_string(offsets_.size()), c));
    if (p.part == Part::kConvolution) c = p.out, h /= 2, w /= 2;
    if (p.part == Part::kRecurrent) c = p.out * p.directions;
    if (p.part == Part::kFold) c *= h, h = 1;
    if (p.part == Part::kMeanOverHeight) h = 1;
    if (p.part == Part::kSummary) c *= p.summary == TimeSummary::kBoth ? 2 : 1, w = 1;
    if (p.part == Part::kMean) h = w = 1;
  }
  Offsets last;
  last.weight = add("last/weight", {classes, c * h * w}, ParameterKind::kWeight, 0, 0.7f);
  last.bias = add("last/bias", {classes}, ParameterKind::kVector, 0, 0.5f);
  offsets_.push_back(last);
  input = values_.take(std::size_t(batch) * channels * height * width);
  targets.assign(std::size_t(batch) * classes, 0);
  for (int n = 0; n < batch; ++n) targets[std::size_t(n) * classes + n % classes] = 1;
}

inline Tensor TimeCase::build(NetworkOps& ops) const {
  const Tensor in = ops.input(channels, height, width);
  Tensor x = in;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const TimePart& p = parts[i];
    const Offsets& o = offsets_[i];
    switch (p.part) {
      case Part::kConvolution:
        x = ops.convolution_block(x, {.out_channels = p.out, .weight = o.weight, .norm = o.norm});
        break;
      case Part::kRecurrent:
        x = ops.recurrent_layer(x, o.layer);
        break;
      case Part::kFold:
        x = ops.fold_height(x);
        break;
      case Part::kMeanOverHeight:
        x = ops.mean_over_height(x);
        break;
      case Part::kDropout:
        x = ops.dropout(x, p.rate, static_cast<std::uint32_t>(i));
        break;
      case Part::kSummary:
        x = ops.summarise_time(x, {p.summary, p.directions, o.weight});
        break;
      case Part::kMean:
        x = ops.mean_over_positions(x);
        break;
    }
  }
  const Offsets& last = offsets_.back();
  ops.softmax_cross_entropy(ops.dense_block(
      x, {.units = classes, .hidden = false, .weight = last.weight, .bias = last.bias, .norm = {}}));
  ops.prepare(slots);
  ops.upload(Buffer::kParameters, parameters);
  ops.set_input(in, input);
  ops.set_targets(targets);
  return in;
}

inline double TimeCase::reference_loss(std::vector<double>* parameter_values, Mode mode, std::uint64_t seed,
                                       std::uint64_t step) {
  using namespace reference;
  Maps x(batch, channels, height, width);
  x.v.assign(input.begin(), input.end());
  double* at = parameter_values->data();
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const TimePart& p = parts[i];
    const Offsets& o = offsets_[i];
    if (p.part == Part::kConvolution)
      x = max_pool(
          norm_relu(reference::convolve(x, at + o.weight, p.out, 3, 3), at + o.norm.scale, at + o.norm.shift,
                    at + o.norm.running_mean, at + o.norm.running_variance, mode == Mode::kTraining),
          2, 2);
    if (p.part == Part::kRecurrent) {
      const Unit unit = p.cell == Cell::kRnn ? Unit::kTanh : p.cell == Cell::kLstm ? Unit::kLstm : Unit::kGru;
      const auto run = [&](int d) {
        const RecurrentLayer::Direction& w = o.layer.direction[d];
        return run_direction(x, unit, p.out, at + w.input_weight, at + w.recurrent_weight, at + w.bias,
                             d == 1);
      };
      x = p.directions == 2 ? stack_channels(run(0), run(1)) : run(0);
    }
    if (p.part == Part::kFold) x = reference::fold_height(x);
    if (p.part == Part::kMeanOverHeight) x = reference::mean_over_height(x);
    if (p.part == Part::kDropout && mode == Mode::kTraining)
      x = reference::dropout(x, p.rate, seed, step, static_cast<std::uint32_t>(i));
    if (p.part == Part::kMean) x = reference::mean_over_positions(x);
    if (p.part != Part::kSummary) continue;
    if (p.summary == TimeSummary::kMean) x = mean_over_time(x);
    if (p.summary == TimeSummary::kMax) x = max_over_time(x);
    if (p.summary == TimeSummary::kBoth) x = stack_channels(mean_over_time(x), max_over_time(x));
    if (p.summary == TimeSummary::kLast) x = last_states(x, p.directions);
    if (p.summary == TimeSummary::kAttention) x = attend(x, at + o.weight);
  }
  x = dense(x, at + offsets_.back().weight, at + offsets_.back().bias, classes);
  logits = x.v;
  return cross_entropy(x, targets);
}

}  // namespace genretrack::testing_nn

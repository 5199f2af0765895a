#include "host/nn/networks.h"

#include <algorithm>
#include <array>

#include "host/core/error.h"
#include "host/nn/recorder.h"
#include "host/spec/choices.h"

namespace genretrack {
namespace {

Tensor record_blocks(Recorder& r, Tensor x) {
  for (std::size_t block = 1; block <= r.branch.channels.size(); ++block)
    x = r.branch.residual ? r.residual(x, static_cast<int>(block))
                          : r.convolution(x, static_cast<int>(block));
  return x;
}

Tensor record_cnn(Recorder& r, int rows, int frames, bool two_dimensional) {
  // One picture with rows as height, or rows as the channels of a one-dimensional signal.
  const Tensor x = two_dimensional ? r.input(1, rows, frames) : r.input(rows, 1, frames);
  return r.dropout(r.summarise_time(record_blocks(r, x)), 0);
}

Tensor record_cnn1d(Recorder& r, int rows, int frames) { return record_cnn(r, rows, frames, false); }
Tensor record_cnn2d(Recorder& r, int rows, int frames) { return record_cnn(r, rows, frames, true); }

Tensor record_dense(Recorder& r, int rows, int frames) {
  Tensor x = r.input(1, rows, frames);
  std::uint32_t index = 0;
  for (const int units : r.branch.units) {
    x = r.hidden(x, units, "dense" + std::to_string(index + 1));
    x = r.dropout(x, index++);
  }
  return x;
}

// From a map over time to the embedding.
Tensor record_recurrent_layers(Recorder& r, Tensor x, Cell cell) {
  for (int layer = 1; layer <= r.branch.layers; ++layer) {
    x = r.recurrent(x, cell, layer);
    if (layer < r.branch.layers) x = r.dropout(x, static_cast<std::uint32_t>(layer));
  }
  return r.dropout(r.summarise_time(x), 0);
}

template <Cell cell>
Tensor record_recurrent(Recorder& r, int rows, int frames) {
  return record_recurrent_layers(r, r.input(rows, 1, frames), cell);
}

static_assert(static_cast<int>(CrnnCell::kRnn) == static_cast<int>(Cell::kRnn) &&
              static_cast<int>(CrnnCell::kLstm) == static_cast<int>(Cell::kLstm) &&
              static_cast<int>(CrnnCell::kGru) == static_cast<int>(Cell::kGru));

Tensor record_crnn(Recorder& r, int rows, int frames) {
  const Tensor x = r.ops.fold_height(record_blocks(r, r.input(1, rows, frames)));
  r.note("folded", x);
  return record_recurrent_layers(r, x, static_cast<Cell>(r.branch.cell));
}

using Record = Tensor (*)(Recorder&, int rows, int frames);
struct Family {
  Architecture architecture;
  Record record;
};
constexpr std::array kFamilies = {
    Family{Architecture::kDense, record_dense},
    Family{Architecture::kCnn1d, record_cnn1d},
    Family{Architecture::kCnn2d, record_cnn2d},
    Family{Architecture::kRnn, record_recurrent<Cell::kRnn>},
    Family{Architecture::kLstm, record_recurrent<Cell::kLstm>},
    Family{Architecture::kGru, record_recurrent<Cell::kGru>},
    Family{Architecture::kCrnn, record_crnn},
};

}  // namespace

Tensor record_embedding(Recorder& recorder, int rows, int frames) {
  const Architecture wanted = recorder.branch.architecture;
  const auto family = std::find_if(kFamilies.begin(), kFamilies.end(),
                                   [&](const Family& f) { return f.architecture == wanted; });
  if (family == kFamilies.end()) throw Error(ErrorKind::kFailure, "an architecture without a family");
  return family->record(recorder, rows, frames);
}

namespace {

std::string describe_network(const BranchSpec& branch) {
  std::string text = (branch.residual ? "residual " : "") + std::string(choice_name(branch.architecture));
  const char* separator = " ";
  for (const int size : branch.architecture == Architecture::kDense ? branch.units : branch.channels) {
    text += separator + std::to_string(size);
    separator = "-";
  }
  if (branch.architecture == Architecture::kCrnn) text += " + " + std::string(choice_name(branch.cell));
  if (is_recurrent(branch.architecture))
    text += " " + std::to_string(branch.layers) + " x " + std::to_string(branch.hidden) +
            (branch.bidirectional ? " in both directions" : "");
  return text;
}

}  // namespace

std::string describe(const BranchSpec& branch) {
  return describe_network(branch) + " on " + std::string(name(branch.input));
}

std::string describe(const ModelSpec& model) {
  std::string text = model.fusion == Fusion::kNone ? "" : std::string(choice_name(model.fusion)) + ": ";
  if (model.fusion == Fusion::kEarly) text += describe_network(model.network) + " on ";
  for (std::size_t b = 0; b < model.branches.size(); ++b)
    text += (b ? " + " : "") + (model.fusion == Fusion::kEarly ? std::string(name(model.branches[b].input))
                                                               : describe(model.branches[b]));
  return text;
}

}  // namespace genretrack

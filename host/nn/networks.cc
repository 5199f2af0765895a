#include "host/nn/networks.h"

#include <algorithm>
#include <array>

#include "host/core/error.h"
#include "host/nn/recorder.h"
#include "host/spec/choices.h"

namespace genretrack {
namespace {

Tensor record_cnn(Recorder& r, int rows, int frames, bool two_dimensional) {
  // One picture with rows as height, or rows as the channels of a one-dimensional signal.
  Tensor x = two_dimensional ? r.input(1, rows, frames) : r.input(rows, 1, frames);
  const int kernel = r.branch.kernel_size;
  int index = 0;
  for (const int out : r.branch.channels)
    x = r.convolution(x, out, two_dimensional ? kernel : 1, kernel, ++index);
  return r.dropout(r.ops.mean_over_positions(x), 0);
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

using Record = Tensor (*)(Recorder&, int rows, int frames);
struct Family {
  Architecture architecture;
  Record record;
};
constexpr std::array kFamilies = {
    Family{Architecture::kDense, record_dense},
    Family{Architecture::kCnn1d, record_cnn1d},
    Family{Architecture::kCnn2d, record_cnn2d},
};

}  // namespace

Tensor record_embedding(Recorder& recorder, int rows, int frames) {
  const Architecture wanted = recorder.branch.architecture;
  const auto family = std::find_if(kFamilies.begin(), kFamilies.end(),
                                   [&](const Family& f) { return f.architecture == wanted; });
  if (family == kFamilies.end())
    throw Error(ErrorKind::kUnsupported, "architecture " + std::string(choice_name(wanted)) +
                                             ": this version builds dense, cnn1d and cnn2d");
  return family->record(recorder, rows, frames);
}

Network record_network(NetworkOps& ops, const ModelSpec& model, const ModelShape& shape, Part part) {
  Network network;
  Recorder recorder{ops, model.branches.at(0), network, "", 0};
  const Tensor embedding = record_embedding(recorder, shape.rows.at(0), shape.frames);
  ops.softmax_cross_entropy(part == Part::kEmbedding ? embedding : recorder.output(embedding, shape.classes));
  return network;
}

std::string describe(const BranchSpec& branch) {
  std::string text(choice_name(branch.architecture));
  const char* separator = " ";
  for (const int size : branch.architecture == Architecture::kDense ? branch.units : branch.channels) {
    text += separator + std::to_string(size);
    separator = "-";
  }
  return text + " on " + std::string(name(branch.input));
}

std::string describe(const ModelSpec& model) {
  std::string text = model.fusion == Fusion::kNone ? "" : std::string(choice_name(model.fusion)) + ": ";
  for (std::size_t b = 0; b < model.branches.size(); ++b)
    text += (b ? " + " : "") + describe(model.branches[b]);
  return text;
}

}  // namespace genretrack

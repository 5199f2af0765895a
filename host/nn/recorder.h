// What the network families share while they record a branch on a backend: its layers, their names in the
// parameter layout, and the numbers of its dropout masks.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "host/nn/networks.h"

namespace genretrack {

// Sizes are products of a spec's numbers, each allowed alone; together they must still be a network that a
// machine can hold, and int must hold its shapes. Throws Error(kSpec).
void check_size(const std::string& layer, double values);

struct Recorder {
  NetworkOps& ops;
  const BranchSpec& branch;
  Network& network;
  std::string prefix;            // of the slots' names: "" or "mfcc/"
  std::uint32_t first_mask = 0;  // number of the branch's first dropout layer: no two share their masks

  void note(const std::string& what, const Tensor& t);
  // Adds an input to the network.
  Tensor input(int channels, int height, int width);
  // The branch's block of that index, from 1.
  Tensor convolution(Tensor x, int index);
  // One of the branch's recurrent layers, index from 1; a map over time stays one.
  Tensor recurrent(Tensor x, Cell cell, int index);
  // What the branch's time_summary makes of (C, H, W): the mean over H, then one vector over W.
  Tensor summarise_time(Tensor x);
  // The same with two convolutions, and a way past both: what comes in, or a convolution of size 1 of it
  // where the channels differ.
  Tensor residual(Tensor x, int index);
  Tensor hidden(Tensor x, int units, const std::string& id);
  Tensor dropout(Tensor x, std::uint32_t layer);
  // A dense layer without norm and ReLU, as a gate ends in: `id` and its bias.
  Tensor linear(Tensor x, int units, const std::string& id, const std::string& said);
  // The last layer, "output": logits.
  Tensor output(Tensor x, int classes);

 private:
  ConvolutionBlock block(Tensor x, int index) const;
  Tensor convolve(Tensor x, const std::string& id, ConvolutionBlock block);
};

// From the branch's input to its embedding: the vector before the last layer.
Tensor record_embedding(Recorder& recorder, int rows, int frames);

}  // namespace genretrack

// The graphs of convolutions as the real cuDNN builds and checks them; no device is needed.
#include <gtest/gtest.h>

#include <string>

#include "cuda/nn/cudnn_convolution.h"
#include "host/core/error.h"

namespace genretrack::cuda {
namespace {

// Of the reference networks, and what the network tests ask for: odd channels, one dimension, wide kernels.
TEST(CudnnGraphs, EveryPassOfEveryShapeIsValid) {
  const ConvolutionShape shapes[] = {{32, 1, 32, 128, 130, 3, 3},   {32, 32, 64, 64, 65, 3, 3},
                                     {512, 128, 256, 16, 16, 3, 3}, {2, 3, 33, 10, 11, 5, 3},
                                     {3, 20, 12, 1, 31, 1, 5},      {1, 128, 24, 1, 24, 1, 9},
                                     {1, 1, 1, 1, 1, 1, 1},         {4, 16, 16, 9, 9, 1, 1}};
  for (const ConvolutionShape& shape : shapes) EXPECT_NO_THROW(validate_convolution(shape)) << shape.in;
}

TEST(CudnnGraphs, WhatCannotBeIsRefusedInWords) {
  // A kernel of even height keeps no size, and is refused by cuDNN itself.
  EXPECT_THROW(validate_convolution({32, 3, 32, 128, 130, 2, 3}), Error);
  try {
    validate_convolution({32, 0, 32, 128, 130, 3, 3});
    ADD_FAILURE() << "a convolution of no channels passed";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUnsupported);
    EXPECT_NE(std::string(error.what()).find("0 to 32 channels"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace genretrack::cuda

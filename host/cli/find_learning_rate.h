// genretrack run --find-learning-rate: the learning-rate range test of every network of an experiment.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "host/cli/plan.h"
#include "host/train/rate_test.h"

namespace genretrack {

struct FoundRate {
  std::string experiment, network;  // "late", "cnn1d 64-128-256 on mfcc"
  double learning_rate = 0;         // what the experiment says now
  RateTest test;
};

// Throws Error(kUsage) for an output that is no .html file.
void check_rate_output(const std::filesystem::path& output);

// Tests every branch with the first seed on the first fold's training part, prints a table, or JSON, and
// writes a page where `output` is not empty. Nothing is kept but that page and the feature caches.
void find_learning_rates(const std::vector<Planned>& experiments, const std::filesystem::path& output,
                         const GlobalOptions& global, Device device);

// The page: what is suggested, and the loss over the rate of every network.
std::string rate_page(const std::vector<FoundRate>& found);

// "0.00123", with three digits.
std::string rate_text(double rate);

}  // namespace genretrack

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>

#include "host/core/error.h"
#include "host/cpu/nn/operations.h"

namespace genretrack::cpu {
namespace {

// log of the sum of exponentials, in double and without overflow; NaN where a logit is NaN.
double log_sum_exp(const float* z, int count) {
  double most = -std::numeric_limits<double>::infinity(), sum = 0;
  for (int k = 0; k < count; ++k) most = std::max(most, double(z[k]));
  for (int k = 0; k < count; ++k) sum += std::exp(z[k] - most);
  return most + std::log(sum);
}

}  // namespace

Loss::Loss(Plan& plan, const Value& x) : plan_(plan), classes_(x.channels * x.height * x.width) {
  const dnnl::memory::desc plain = plan.map(x.channels, x.height, x.width, 1);
  logits_ = plan.as(x.data, plain, &to_plain_);
  if (x.gradient) gradient_ = plan.into(x.gradient, plain, &from_plain_);
  targets_.assign(std::size_t(plan.batch) * classes_, 0.0f);
}

void Loss::forward() { to_plain_.run(plan_.stream); }

void Loss::backward() {
  if (!gradient_) return;
  for (int n = 0; n < plan_.batch; ++n) {
    const float* z = floats(logits_) + std::size_t(n) * classes_;
    const float* t = targets_.data() + std::size_t(n) * classes_;
    float* g = floats(gradient_) + std::size_t(n) * classes_;
    const double whole = log_sum_exp(z, classes_);
    double weight = 0;
    for (int k = 0; k < classes_; ++k) weight += t[k];
    for (int k = 0; k < classes_; ++k)
      g[k] = static_cast<float>((std::exp(z[k] - whole) * weight - t[k]) / plan_.batch);
  }
  from_plain_.run(plan_.stream);
}

double Loss::value() const {
  double sum = 0;
  for (int n = 0; n < plan_.batch; ++n) {
    const float* z = floats(logits_) + std::size_t(n) * classes_;
    const float* t = targets_.data() + std::size_t(n) * classes_;
    const double whole = log_sum_exp(z, classes_);
    for (int k = 0; k < classes_; ++k)
      if (t[k] != 0 || std::isnan(whole)) sum += t[k] * (whole - z[k]);
  }
  return sum / plan_.batch;
}

void Loss::set_targets(std::span<const float> plain) {
  check(plain.size(), "targets");
  std::copy(plain.begin(), plain.end(), targets_.begin());
}

void Loss::logits(std::span<float> plain) const {
  check(plain.size(), "logits");
  std::memcpy(plain.data(), floats(logits_), plain.size() * sizeof(float));
}

void Loss::check(std::size_t size, const char* what) const {
  if (size != targets_.size())
    throw Error(ErrorKind::kFailure, std::to_string(size) + " " + what + " given where the batch has " +
                                         std::to_string(targets_.size()));
}

}  // namespace genretrack::cpu

// Networks as plain loops in double: the oracle for every backend. Shares no code with the product.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace genretrack::reference {

struct Maps {  // (n, c, h, w), row-major
  int n = 0, c = 0, h = 0, w = 0;
  std::vector<double> v;
  Maps(int n_, int c_, int h_, int w_) : n(n_), c(c_), h(h_), w(w_), v(std::size_t(n_) * c_ * h_ * w_) {}
  double& at(int i, int j, int k, int l) { return v[((std::size_t(i) * c + j) * h + k) * w + l]; }
  double at(int i, int j, int k, int l) const { return v[((std::size_t(i) * c + j) * h + k) * w + l]; }
};

inline Maps convolve(const Maps& x, const double* weight, int out, int kh, int kw) {
  Maps y(x.n, out, x.h, x.w);
  for (int n = 0; n < x.n; ++n)
    for (int o = 0; o < out; ++o)
      for (int i = 0; i < x.h; ++i)
        for (int j = 0; j < x.w; ++j) {
          double sum = 0;
          for (int c = 0; c < x.c; ++c)
            for (int a = 0; a < kh; ++a)
              for (int b = 0; b < kw; ++b) {
                const int r = i + a - kh / 2, s = j + b - kw / 2;
                if (r < 0 || r >= x.h || s < 0 || s >= x.w) continue;
                sum += x.at(n, c, r, s) * weight[((std::size_t(o) * x.c + c) * kh + a) * kw + b];
              }
          y.at(n, o, i, j) = sum;
        }
  return y;
}

// Training takes the batch's statistics and moves the running ones; evaluation takes the running ones.
inline Maps norm_relu(const Maps& x, const double* scale, const double* shift, double* running_mean,
                      double* running_variance, bool training) {
  Maps y(x.n, x.c, x.h, x.w);
  const double count = double(x.n) * x.h * x.w;
  for (int c = 0; c < x.c; ++c) {
    double mean = 0, variance = 0;
    const auto each = [&](const auto& work) {
      for (int n = 0; n < x.n; ++n)
        for (int i = 0; i < x.h; ++i)
          for (int j = 0; j < x.w; ++j) work(n, i, j);
    };
    each([&](int n, int i, int j) { mean += x.at(n, c, i, j) / count; });
    each([&](int n, int i, int j) { variance += std::pow(x.at(n, c, i, j) - mean, 2) / count; });
    if (training) {
      running_mean[c] += 0.1 * (mean - running_mean[c]);
      const double unbiased = count > 1 ? variance * count / (count - 1) : 0;
      running_variance[c] += 0.1 * (unbiased - running_variance[c]);
    } else {
      mean = running_mean[c];
      variance = running_variance[c];
    }
    each([&](int n, int i, int j) {
      const double z = (x.at(n, c, i, j) - mean) / std::sqrt(variance + 1e-5) * scale[c] + shift[c];
      y.at(n, c, i, j) = z > 0 ? z : 0;
    });
  }
  return y;
}

inline Maps max_pool(const Maps& x, int ph, int pw) {
  Maps y(x.n, x.c, x.h / ph, x.w / pw);
  for (int n = 0; n < x.n; ++n)
    for (int c = 0; c < x.c; ++c)
      for (int i = 0; i < y.h; ++i)
        for (int j = 0; j < y.w; ++j) {
          double most = -INFINITY;
          for (int a = 0; a < ph; ++a)
            for (int b = 0; b < pw; ++b) most = std::fmax(most, x.at(n, c, i * ph + a, j * pw + b));
          y.at(n, c, i, j) = most;
        }
  return y;
}

inline Maps dense(const Maps& x, const double* weight, const double* bias, int units) {
  Maps y(x.n, units, 1, 1);
  const std::size_t features = std::size_t(x.c) * x.h * x.w;
  for (int n = 0; n < x.n; ++n)
    for (int u = 0; u < units; ++u) {
      double sum = bias ? bias[u] : 0;
      for (std::size_t f = 0; f < features; ++f) sum += x.v[n * features + f] * weight[u * features + f];
      y.at(n, u, 0, 0) = sum;
    }
  return y;
}

inline Maps mean_over_positions(const Maps& x) {
  Maps y(x.n, x.c, 1, 1);
  for (int n = 0; n < x.n; ++n)
    for (int c = 0; c < x.c; ++c)
      for (int i = 0; i < x.h; ++i)
        for (int j = 0; j < x.w; ++j) y.at(n, c, 0, 0) += x.at(n, c, i, j) / (double(x.h) * x.w);
  return y;
}

// Philox4x32-10 from the paper (Salmon et al. 2011), counter and key given as words.
inline std::array<std::uint32_t, 4> philox_words(std::array<std::uint32_t, 4> c, std::uint32_t k0,
                                                 std::uint32_t k1) {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t p = std::uint64_t(0xD2511F53u) * c[0], q = std::uint64_t(0xCD9E8D57u) * c[2];
    c = {std::uint32_t(q >> 32) ^ c[1] ^ k0, std::uint32_t(q), std::uint32_t(p >> 32) ^ c[3] ^ k1,
         std::uint32_t(p)};
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  return c;
}

// The law of network_ops.h; purpose 4 is dropout, mixed into the key as random.h says.
inline bool dropout_kept(std::uint64_t seed, std::uint64_t step, std::uint32_t layer, std::uint64_t i,
                         float rate) {
  const std::uint64_t index = (std::uint64_t(layer) << 40) | (i / 4), key = seed + 0x9e3779b97f4a7c15ull * 4;
  const auto words = philox_words(
      {std::uint32_t(index), std::uint32_t(index >> 32), std::uint32_t(step), std::uint32_t(step >> 32)},
      std::uint32_t(key), std::uint32_t(key >> 32));
  return ((words[i % 4] >> 9) + 0.5) / 8388608.0 >= rate;
}

inline Maps dropout(const Maps& x, float rate, std::uint64_t seed, std::uint64_t step, std::uint32_t layer) {
  Maps y = x;
  for (std::size_t i = 0; i < x.v.size(); ++i)
    y.v[i] = dropout_kept(seed, step, layer, i, rate) ? x.v[i] / (1 - double(rate)) : 0;
  return y;
}

inline double cross_entropy(const Maps& logits, const std::vector<float>& targets) {
  double sum = 0;
  const std::size_t classes = logits.v.size() / std::size_t(logits.n);
  for (int n = 0; n < logits.n; ++n) {
    const double* z = &logits.v[n * classes];
    double most = z[0], whole = 0;
    for (std::size_t k = 0; k < classes; ++k) most = std::fmax(most, z[k]);
    for (std::size_t k = 0; k < classes; ++k) whole += std::exp(z[k] - most);
    for (std::size_t k = 0; k < classes; ++k)
      sum -= targets[n * classes + k] * (z[k] - most - std::log(whole));
  }
  return sum / logits.n;
}

// PyTorch's documented AdamW, one element.
struct AdamState {
  double weight, first = 0, second = 0;
  void update(double g, double rate, double decay, double b1, double b2, double epsilon, int step) {
    weight -= rate * decay * weight;
    first = b1 * first + (1 - b1) * g;
    second = b2 * second + (1 - b2) * g * g;
    const double m = first / (1 - std::pow(b1, step)), v = second / (1 - std::pow(b2, step));
    weight -= rate * m / (std::sqrt(v) + epsilon);
  }
};

}  // namespace genretrack::reference

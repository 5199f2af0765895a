// Where networks part and meet, as plain loops in double. Shares no code with the product.
#pragma once

#include "tests/reference/nn_network.h"

namespace genretrack::reference {

// Batch norm alone. batch_statistics: of the maps, and the running ones follow; else the running ones.
inline Maps norm(const Maps& x, const double* scale, const double* shift, double* running_mean,
                 double* running_variance, bool batch_statistics) {
  Maps y(x.n, x.c, x.h, x.w);
  const double count = double(x.n) * x.h * x.w;
  for (int c = 0; c < x.c; ++c) {
    double mean = running_mean[c], variance = running_variance[c];
    if (batch_statistics) {
      mean = variance = 0;
      for (int n = 0; n < x.n; ++n)
        for (int i = 0; i < x.h * x.w; ++i) mean += x.at(n, c, i / x.w, i % x.w) / count;
      for (int n = 0; n < x.n; ++n)
        for (int i = 0; i < x.h * x.w; ++i)
          variance += std::pow(x.at(n, c, i / x.w, i % x.w) - mean, 2) / count;
      running_mean[c] = 0.9 * running_mean[c] + 0.1 * mean;
      running_variance[c] = 0.9 * running_variance[c] + 0.1 * variance * count / (count - 1);
    }
    for (int n = 0; n < x.n; ++n)
      for (int i = 0; i < x.h * x.w; ++i)
        y.at(n, c, i / x.w, i % x.w) =
            (x.at(n, c, i / x.w, i % x.w) - mean) / std::sqrt(variance + 1e-5) * scale[c] + shift[c];
  }
  return y;
}

inline Maps relu(Maps x) {
  for (double& v : x.v) v = v > 0 ? v : 0;
  return x;
}

inline Maps add(Maps a, const Maps& b) {
  for (std::size_t i = 0; i < a.v.size(); ++i) a.v[i] += b.v[i];
  return a;
}

inline Maps concatenate(const std::vector<Maps>& parts) {
  int channels = 0;
  for (const Maps& part : parts) channels += part.c;
  Maps y(parts[0].n, channels, parts[0].h, parts[0].w);
  for (int n = 0; n < y.n; ++n) {
    int first = 0;
    for (const Maps& part : parts) {
      for (int c = 0; c < part.c; ++c)
        for (int i = 0; i < y.h; ++i)
          for (int j = 0; j < y.w; ++j) y.at(n, first + c, i, j) = part.at(n, c, i, j);
      first += part.c;
    }
  }
  return y;
}

inline Maps gated_sum(const Maps& logits, const std::vector<Maps>& parts) {
  Maps y(logits.n, parts[0].c, 1, 1);
  for (int n = 0; n < y.n; ++n) {
    double whole = 0;
    for (int k = 0; k < logits.c; ++k) whole += std::exp(logits.at(n, k, 0, 0));
    for (int k = 0; k < logits.c; ++k)
      for (int c = 0; c < y.c; ++c)
        y.at(n, c, 0, 0) += std::exp(logits.at(n, k, 0, 0)) / whole * parts[std::size_t(k)].at(n, c, 0, 0);
  }
  return y;
}

}  // namespace genretrack::reference

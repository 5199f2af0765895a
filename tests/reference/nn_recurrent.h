// Recurrent layers and summaries over time as plain loops in double, from the equations that PyTorch's
// documentation gives for nn.RNN, nn.LSTM and nn.GRU. Shares no code with the product.
#pragma once

#include "tests/reference/nn_network.h"

namespace genretrack::reference {

enum class Unit { kTanh, kLstm, kGru };

inline double logistic(double x) { return 1 / (1 + std::exp(-x)); }

// One direction: x (n, c, 1, w) to y (n, units, 1, w); w_ih (gates * units, c), w_hh (gates * units, units),
// b (gates * units); a GRU's b has one more row, the new gate's bias behind the recurrent product.
inline Maps run_direction(const Maps& x, Unit unit, int units, const double* w_ih, const double* w_hh,
                          const double* b, bool backwards) {
  Maps y(x.n, units, 1, x.w);
  for (int n = 0; n < x.n; ++n) {
    std::vector<double> h(units, 0), c(units, 0);
    for (int k = 0; k < x.w; ++k) {
      const int t = backwards ? x.w - 1 - k : k;
      const auto from_input = [&](int gate, int u) {
        double sum = 0;
        for (int i = 0; i < x.c; ++i)
          sum += w_ih[(std::size_t(gate) * units + u) * x.c + i] * x.at(n, i, 0, t);
        return sum;
      };
      const auto from_state = [&](int gate, int u) {
        double sum = 0;
        for (int i = 0; i < units; ++i) sum += w_hh[(std::size_t(gate) * units + u) * units + i] * h[i];
        return sum;
      };
      std::vector<double> next = h;
      for (int u = 0; u < units; ++u) {
        const auto whole = [&](int gate) {
          return from_input(gate, u) + from_state(gate, u) + b[gate * units + u];
        };
        if (unit == Unit::kTanh) {
          next[u] = std::tanh(whole(0));
        } else if (unit == Unit::kLstm) {
          c[u] = logistic(whole(1)) * c[u] + logistic(whole(0)) * std::tanh(whole(2));
          next[u] = logistic(whole(3)) * std::tanh(c[u]);
        } else {
          const double r = logistic(whole(0)), z = logistic(whole(1));
          const double fresh =
              std::tanh(from_input(2, u) + b[2 * units + u] + r * (from_state(2, u) + b[3 * units + u]));
          next[u] = (1 - z) * fresh + z * h[u];
        }
      }
      h = next;
      for (int u = 0; u < units; ++u) y.at(n, u, 0, t) = h[u];
    }
  }
  return y;
}

inline Maps stack_channels(const Maps& a, const Maps& b) {
  Maps y(a.n, a.c + b.c, a.h, a.w);
  for (int n = 0; n < y.n; ++n)
    for (int c = 0; c < y.c; ++c)
      for (int i = 0; i < y.h; ++i)
        for (int j = 0; j < y.w; ++j) y.at(n, c, i, j) = c < a.c ? a.at(n, c, i, j) : b.at(n, c - a.c, i, j);
  return y;
}

inline Maps mean_over_height(const Maps& x) {
  Maps y(x.n, x.c, 1, x.w);
  for (int n = 0; n < x.n; ++n)
    for (int c = 0; c < x.c; ++c)
      for (int i = 0; i < x.h; ++i)
        for (int j = 0; j < x.w; ++j) y.at(n, c, 0, j) += x.at(n, c, i, j) / x.h;
  return y;
}

inline Maps fold_height(const Maps& x) {
  Maps y(x.n, x.c * x.h, 1, x.w);
  for (int n = 0; n < x.n; ++n)
    for (int c = 0; c < x.c; ++c)
      for (int i = 0; i < x.h; ++i)
        for (int j = 0; j < x.w; ++j) y.at(n, c * x.h + i, 0, j) = x.at(n, c, i, j);
  return y;
}

inline Maps mean_over_time(const Maps& x) { return mean_over_positions(x); }
inline Maps max_over_time(const Maps& x) { return max_pool(x, 1, x.w); }

// Of two directions the second has its last state at frame 0.
inline Maps last_states(const Maps& x, int directions) {
  Maps y(x.n, x.c, 1, 1);
  for (int n = 0; n < x.n; ++n)
    for (int c = 0; c < x.c; ++c) {
      const bool second = directions == 2 && c >= x.c / 2;
      y.at(n, c, 0, 0) = x.at(n, c, 0, second ? 0 : x.w - 1);
    }
  return y;
}

inline Maps attend(const Maps& x, const double* query) {
  Maps y(x.n, x.c, 1, 1);
  for (int n = 0; n < x.n; ++n) {
    std::vector<double> e(x.w);
    double whole = 0;
    for (int t = 0; t < x.w; ++t) {
      double score = 0;
      for (int c = 0; c < x.c; ++c) score += query[c] * x.at(n, c, 0, t);
      whole += e[t] = std::exp(score);
    }
    for (int c = 0; c < x.c; ++c)
      for (int t = 0; t < x.w; ++t) y.at(n, c, 0, 0) += e[t] / whole * x.at(n, c, 0, t);
  }
  return y;
}

}  // namespace genretrack::reference

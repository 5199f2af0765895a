// The law of AdamW for one parameter, shared by all backends (Loshchilov and Hutter 2019; Kingma and Ba
// 2015).
#pragma once

#include <cmath>

#include "host/backend/network_ops.h"
#include "host/core/host_device.h"

namespace genretrack {

// What one update needs beside the four values of each parameter; bias corrections are computed in double.
template <class T>
struct AdamWStep {
  T decay_rate, keep_first, keep_second, add_first, add_second, learning_rate, second_correction, epsilon;

  // `decayed`: whether the slot loses learning_rate * weight_decay of itself in every update.
  AdamWStep(const Update& a, bool decayed)
      : decay_rate(static_cast<T>(decayed ? 1 - a.learning_rate * a.weight_decay : 1.0)),
        keep_first(static_cast<T>(a.beta1)),
        keep_second(static_cast<T>(a.beta2)),
        add_first(static_cast<T>(1 - a.beta1)),
        add_second(static_cast<T>(1 - a.beta2)),
        learning_rate(static_cast<T>(a.learning_rate / (1 - std::pow(a.beta1, static_cast<double>(a.step))))),
        second_correction(static_cast<T>(1 / (1 - std::pow(a.beta2, static_cast<double>(a.step))))),
        epsilon(static_cast<T>(a.epsilon)) {}
};

template <class T>
GENRETRACK_HOST_DEVICE inline void adamw_element(const AdamWStep<T>& s, T gradient, T& weight, T& first,
                                                 T& second) {
  using std::sqrt;
  first = s.keep_first * first + s.add_first * gradient;
  second = s.keep_second * second + s.add_second * gradient * gradient;
  weight = s.decay_rate * weight - s.learning_rate * first / (sqrt(second * s.second_correction) + s.epsilon);
}

}  // namespace genretrack

// The laws of the optimizer beside AdamW, one parameter each, shared by all backends: SGD with momentum
// (Polyak 1964, as PyTorch has it: no dampening, the rate outside the velocity), the factor of gradient
// clipping, and the moving average of weights.
#pragma once

#include <cmath>

#include "host/backend/network_ops.h"
#include "host/core/host_device.h"

namespace genretrack {

template <class T>
struct SgdStep {
  T decay, momentum, learning_rate;
  SgdStep(const Update& a, bool decayed)
      : decay(static_cast<T>(decayed ? a.weight_decay : 0.0)),
        momentum(static_cast<T>(a.momentum)),
        learning_rate(static_cast<T>(a.learning_rate)) {}
};

template <class T>
GENRETRACK_HOST_DEVICE inline void sgd_element(const SgdStep<T>& s, T gradient, T& weight, T& velocity) {
  velocity = s.momentum * velocity + (gradient + s.decay * weight);
  weight = weight - s.learning_rate * velocity;
}

// What every gradient is multiplied with where its norm over all trained slots is `norm` (Pascanu et al.
// 2013): 1, exactly, where it may stay. A norm that is not finite gives one that is not either, so that a
// divergence is not hidden.
GENRETRACK_HOST_DEVICE inline double clipping_factor(double norm, double max_gradient_norm) {
  return max_gradient_norm > 0 && !(norm <= max_gradient_norm) ? max_gradient_norm / norm : 1.0;
}

template <class T>
GENRETRACK_HOST_DEVICE inline void average_element(T keep, T weight, T& average) {
  average = keep * average + (1 - keep) * weight;
}

}  // namespace genretrack

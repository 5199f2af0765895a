// Updates beside AdamW as plain double formulas. Shares no code with the product.
#pragma once

#include <cmath>
#include <vector>

namespace genretrack::reference {

// PyTorch's documented SGD with momentum, dampening 0, one element.
struct SgdState {
  double weight, velocity = 0;
  void update(double g, double rate, double decay, double momentum) {
    g += decay * weight;
    velocity = momentum * velocity + g;
    weight -= rate * velocity;
  }
};

// Gradients scaled down so that their Euclidean norm is at most `most`; 0: as they are.
inline std::vector<double> clipped(std::vector<double> gradients, double most) {
  double squares = 0;
  for (const double g : gradients) squares += g * g;
  const double norm = std::sqrt(squares);
  if (most > 0 && norm > most)
    for (double& g : gradients) g *= most / norm;
  return gradients;
}

}  // namespace genretrack::reference

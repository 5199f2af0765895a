// Written by make_stacking_values.py with scikit-learn 1.9.1.
#pragma once

namespace genretrack::sklearn_values {

constexpr int kClips = 40, kBranches = 2, kGenres = 3;
constexpr double kWeights[] = {0.479452214,  -0.330307285, -0.198975608, 0.772372849,  -0.408060144,
                               -0.390887111, -0.127017359, 0.436010545,  -0.257982538, -0.478897625,
                               0.886830571,  -0.408512079, -0.352434855, -0.105703261, 0.456958146,
                               -0.293475224, -0.478770427, 0.799399190};
constexpr double kProbabilities[] = {0.936673462, 0.038281870, 0.025044669, 0.074766868, 0.883150117,
                                     0.042083016, 0.023564613, 0.902418306, 0.074017081, 0.032636237,
                                     0.922878436, 0.044485327, 0.175755905, 0.082874577, 0.741369518};

}  // namespace genretrack::sklearn_values

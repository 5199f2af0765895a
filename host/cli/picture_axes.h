// What stands on the axes of pictures of transforms.
#pragma once

#include <string>

#include "host/dsp/feature_params.h"
#include "host/report/axis.h"

namespace genretrack {

// Time in the recording: `columns` frames, the first of which is centred at `first_frame` hops.
Axis time_axis(const FeatureParams& params, long long first_frame, int columns);

// Of rows: the bands of the mel bank, the bins of the FFT, coefficients, pitch classes.
Axis mel_axis(const FeatureParams& params);
Axis bin_axis(const FeatureParams& params);
Axis coefficient_axis(const FeatureParams& params);
Axis note_axis();

// Beats per minute of a lag of the tempogram, in frames.
double tempo_of_lag(const FeatureParams& params, double lag);

// A logarithmic axis of tempo from the longest lag to where lags are too few to tell tempos apart; its unit
// is an octave.
Axis tempo_axis(const FeatureParams& params, int lags);

Axis colour_axis(const std::string& title, double low, double high);

}  // namespace genretrack

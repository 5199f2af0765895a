#include "host/cli/transform_pictures.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "host/cli/picture_axes.h"
#include "host/core/error.h"

namespace genretrack {
namespace {

constexpr int kTempoRows = 240;

// The value below which a share of them lies.
double quantile(std::vector<float> values, double share) {
  if (values.empty()) return 0;
  const auto at =
      values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

// The frames that are shown, of `rows` rows from `first_row` on.
Picture cut_out(const FeatureParams& params, const ShownFrames& frames, std::span<const float> values,
                int first_row, int rows) {
  Picture picture;
  picture.rows = rows;
  picture.columns = frames.count;
  picture.x = time_axis(params, frames.in_recording, frames.count);
  picture.values.reserve(static_cast<std::size_t>(rows) * static_cast<std::size_t>(frames.count));
  for (int row = first_row; row < first_row + rows; ++row) {
    const auto begin =
        values.begin() + static_cast<std::ptrdiff_t>(row) * params.frame_count() + frames.first;
    picture.values.insert(picture.values.end(), begin, begin + frames.count);
  }
  return picture;
}

void describe_spectrogram(const FeatureParams& params, Picture& picture) {
  const bool linear = params.scale == SpectrogramScale::kLinear;
  picture.title = "Spectrogram";
  picture.note = linear ? "Power in " + std::to_string(params.bin_count()) + " frequency bins."
                        : "Power in " + std::to_string(params.n_mels) + " mel bands.";
  picture.y = linear ? bin_axis(params) : mel_axis(params);
}

void describe_flux(const FeatureParams& params, Picture& picture) {
  picture.title = "Percussion: flux";
  picture.note =
      "How much each band rises from one frame to the next. The strongest half per cent is off the scale.";
  picture.y = mel_axis(params);
}

void describe_part(const FeatureParams& params, bool harmonic, Picture& picture) {
  picture.title = harmonic ? "Harmonic part" : "Percussion: percussive part";
  picture.note = harmonic ? "What lasts in time: medians along time against medians along frequency."
                          : "What is short and broad: medians along frequency against medians along time.";
  picture.y = mel_axis(params);
  picture.reduction = harmonic ? Reduction::kMean : Reduction::kLargest;
}

// Rows of lags as rows of a logarithmic axis of tempo: the mean of the lags in a row, the nearest lag where a
// row has none of its own.
std::vector<float> at_tempos(const FeatureParams& params, const Axis& tempo, const Picture& lags) {
  std::vector<float> values;
  values.reserve(static_cast<std::size_t>(kTempoRows) * static_cast<std::size_t>(lags.columns));
  const auto lag_at = [&](double row) {
    const double octave = tempo.low + (tempo.high - tempo.low) * row / kTempoRows;
    return tempo_of_lag(params, std::exp2(octave));  // a lag of a tempo is as a tempo of a lag
  };
  for (int row = 0; row < kTempoRows; ++row) {
    int first = static_cast<int>(std::ceil(lag_at(row + 1))),
        last = static_cast<int>(std::floor(lag_at(row)));
    if (first > last) first = last = static_cast<int>(std::lround(lag_at(row + 0.5)));
    first = std::clamp(first, 0, lags.rows - 1);
    last = std::clamp(last, first, lags.rows - 1);
    for (int column = 0; column < lags.columns; ++column) {
      double sum = 0;
      for (int lag = first; lag <= last; ++lag)
        sum += static_cast<double>(
            lags.values[static_cast<std::size_t>(lag) * static_cast<std::size_t>(lags.columns) +
                        static_cast<std::size_t>(column)]);
      values.push_back(static_cast<float>(sum / (last - first + 1)));
    }
  }
  return values;
}

void describe_tempogram(const FeatureParams& params, Picture& picture) {
  const auto seconds = static_cast<double>(picture.rows) * params.hop_length / params.sample_rate;
  std::string length = std::to_string(std::lround(10 * seconds));
  length.insert(length.size() - 1, length.size() == 1 ? "0." : ".");
  picture.title = "Percussion: tempogram";
  picture.note = "How much onsets repeat at the period of each tempo within " + length +
                 " s, relative to the largest of each frame.";
  picture.y = tempo_axis(params, picture.rows);
  picture.values = at_tempos(params, picture.y, picture);
  picture.rows = kTempoRows;
  picture.reduction = Reduction::kMean;
}

void describe_mfcc(const FeatureParams& params, int order, Picture& picture) {
  constexpr std::array kTitles = {"MFCC", "MFCC: first differences", "MFCC: second differences"};
  picture.title = kTitles[static_cast<std::size_t>(order)];
  picture.note = order == 0
                     ? "Coefficients 0 and 1, loudness and tilt, are mostly off the scale, which is that of "
                       "the others."
                     : "How the coefficients change from frame to frame.";
  picture.y = coefficient_axis(params);
  picture.reduction = Reduction::kMean;
}

void describe_chromagram(Picture& picture) {
  picture.title = "Chromagram";
  picture.note = "Energy by pitch class, relative to the strongest of each frame.";
  picture.y = note_axis();
  picture.reduction = Reduction::kMean;
}

// Everything but the colours. `part` counts the orders of differences of the MFCC.
void describe(PictureKind kind, const FeatureParams& params, int part, Picture& picture) {
  switch (kind) {
    case PictureKind::kSpectrogram:
      return describe_spectrogram(params, picture);
    case PictureKind::kFlux:
      return describe_flux(params, picture);
    case PictureKind::kTempogram:
      return describe_tempogram(params, picture);
    case PictureKind::kHarmonic:
    case PictureKind::kPercussive:
      return describe_part(params, kind == PictureKind::kHarmonic, picture);
    case PictureKind::kMfcc:
      return describe_mfcc(params, part, picture);
    case PictureKind::kChromagram:
      return describe_chromagram(picture);
  }
}

Axis mfcc_colours(const Picture& picture, int order) {
  std::vector<float> scaled = picture.values;
  if (order == 0)
    scaled.erase(scaled.begin(), scaled.begin() + std::min(2, picture.rows - 1) * picture.columns);
  return colour_axis(order == 0 ? "coefficient's value" : "change of value", quantile(scaled, 0.005),
                     quantile(scaled, 0.995));
}

// By the values that are drawn.
Axis colours_of(PictureKind kind, int part, const Picture& picture) {
  switch (kind) {
    case PictureKind::kFlux:
      return colour_axis("dB per frame", 0, quantile(picture.values, 0.995));
    case PictureKind::kTempogram:
      return colour_axis("autocorrelation", 0, 1);
    case PictureKind::kMfcc:
      return mfcc_colours(picture, part);
    case PictureKind::kChromagram:
      return colour_axis("relative energy", 0, 1);
    default:
      const auto [least, most] = std::minmax_element(picture.values.begin(), picture.values.end());
      return colour_axis("dB", *least, *most);
  }
}

}  // namespace

Transform transform_of(PictureKind kind) {
  switch (kind) {
    case PictureKind::kSpectrogram:
      return Transform::kSpectrogram;
    case PictureKind::kMfcc:
      return Transform::kMfcc;
    case PictureKind::kChromagram:
      return Transform::kChromagram;
    default:
      return Transform::kPercussion;
  }
}

std::optional<PercussionKind> percussion_of(PictureKind kind) {
  switch (kind) {
    case PictureKind::kFlux:
      return PercussionKind::kFlux;
    case PictureKind::kTempogram:
      return PercussionKind::kTempogram;
    case PictureKind::kPercussive:
      return PercussionKind::kHpss;
    case PictureKind::kHarmonic:
      return PercussionKind::kHarmonic;
    default:
      return std::nullopt;
  }
}

PictureKind picture_of(PercussionKind kind) {
  for (std::size_t i = 0; i < kPictureNames.size(); ++i)
    if (percussion_of(static_cast<PictureKind>(i)) == kind) return static_cast<PictureKind>(i);
  throw Error(ErrorKind::kFailure, "a kind of percussion without a picture");
}

std::vector<Picture> transform_pictures(PictureKind kind, const FeatureParams& params,
                                        const ShownFrames& frames, std::span<const float> values,
                                        int most_columns) {
  const int parts = kind == PictureKind::kMfcc ? 1 + params.deltas : 1;
  const int rows = params.rows(transform_of(kind)) / parts;
  std::vector<Picture> pictures;
  for (int part = 0; part < parts; ++part) {
    Picture picture = cut_out(params, frames, values, part * rows, rows);
    describe(kind, params, part, picture);
    picture = reduced(std::move(picture), most_columns, std::numeric_limits<int>::max());
    picture.colour = colours_of(kind, part, picture);
    pictures.push_back(std::move(picture));
  }
  return pictures;
}

}  // namespace genretrack

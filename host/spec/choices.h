// The names of the spec's choices, and which of them this version can do.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "host/core/error.h"
#include "host/spec/experiment.h"

namespace genretrack {

template <class E>
struct Choice {
  std::string_view name;
  E value;
  bool available = true;  // false: has a meaning, is refused as not there yet
};

template <class E>
inline constexpr std::array<Choice<E>, 0> kChoices{};
template <>
inline constexpr auto kChoices<Transform> = std::to_array<Choice<Transform>>({
    {"spectrogram", Transform::kSpectrogram},
    {"percussion", Transform::kPercussion},
    {"mfcc", Transform::kMfcc},
    {"chromagram", Transform::kChromagram},
});
template <>
inline constexpr auto kChoices<Profile> = std::to_array<Choice<Profile>>({
    {"librosa", Profile::kLibrosa},
    {"torchaudio", Profile::kTorchaudio},
});
template <>
inline constexpr auto kChoices<SpectrogramScale> = std::to_array<Choice<SpectrogramScale>>({
    {"mel", SpectrogramScale::kMel},
    {"linear", SpectrogramScale::kLinear},
});
template <>
inline constexpr auto kChoices<PercussionKind> = std::to_array<Choice<PercussionKind>>({
    {"flux", PercussionKind::kFlux},
    {"tempogram", PercussionKind::kTempogram},
    {"hpss", PercussionKind::kHpss},
});
template <>
inline constexpr auto kChoices<Tuning> = std::to_array<Choice<Tuning>>({
    {"estimate", Tuning::kEstimate},
    {"none", Tuning::kNone},
    {"fixed", Tuning::kFixed},
});
template <>
inline constexpr auto kChoices<SplitType> = std::to_array<Choice<SplitType>>({
    {"fault-filtered", SplitType::kFaultFiltered},
    {"manifest", SplitType::kManifest},
    {"random", SplitType::kRandom},
    {"k-fold", SplitType::kKFold},
    {"artist-3fold", SplitType::kArtist3Fold},
    {"file", SplitType::kFile},
});
template <>
inline constexpr auto kChoices<Grouping> = std::to_array<Choice<Grouping>>({
    {"none", Grouping::kNone},
    {"artist", Grouping::kArtist},
});
template <>
inline constexpr auto kChoices<ReportedList> = std::to_array<Choice<ReportedList>>({
    {"test", ReportedList::kTest},
    {"validation", ReportedList::kValidation},
});
template <>
inline constexpr auto kChoices<Architecture> = std::to_array<Choice<Architecture>>({
    {"dense", Architecture::kDense},
    {"cnn1d", Architecture::kCnn1d},
    {"cnn2d", Architecture::kCnn2d},
    {"rnn", Architecture::kRnn},
    {"lstm", Architecture::kLstm},
    {"gru", Architecture::kGru},
    {"crnn", Architecture::kCrnn},
    {"svm", Architecture::kSvm},
    {"majority", Architecture::kMajority},
});
template <>
inline constexpr auto kChoices<CrnnCell> = std::to_array<Choice<CrnnCell>>({
    {"rnn", CrnnCell::kRnn},
    {"lstm", CrnnCell::kLstm},
    {"gru", CrnnCell::kGru},
});
template <>
inline constexpr auto kChoices<ClipSummary> = std::to_array<Choice<ClipSummary>>({
    {"mean", ClipSummary::kMean},
    {"max", ClipSummary::kMax},
    {"both", ClipSummary::kBoth},
    {"last", ClipSummary::kLast},
    {"attention", ClipSummary::kAttention},
});
template <>
inline constexpr auto kChoices<Fusion> = std::to_array<Choice<Fusion>>({
    {"early", Fusion::kEarly},
    {"feature", Fusion::kFeature},
    {"gated", Fusion::kGated},
    {"late", Fusion::kLate},
    {"weighted", Fusion::kWeighted},
    {"stacking", Fusion::kStacking},
});
template <>
inline constexpr auto kChoices<OptimizerType> = std::to_array<Choice<OptimizerType>>({
    {"adamw", OptimizerType::kAdamW},
    {"sgd", OptimizerType::kSgd},
});
template <>
inline constexpr auto kChoices<Schedule> = std::to_array<Choice<Schedule>>({
    {"constant", Schedule::kConstant},
    {"step", Schedule::kStep},
    {"cosine", Schedule::kCosine},
    {"one-cycle", Schedule::kOneCycle},
});
template <>
inline constexpr auto kChoices<ClassWeights> = std::to_array<Choice<ClassWeights>>({
    {"none", ClassWeights::kNone},
    {"balanced", ClassWeights::kBalanced},
});
template <>
inline constexpr auto kChoices<Monitor> = std::to_array<Choice<Monitor>>({
    {"validation_loss", Monitor::kLoss},
    {"validation_accuracy", Monitor::kAccuracy},
    {"validation_macro_f1", Monitor::kMacroF1},
});

template <class E>
std::string_view choice_name(E value) {
  for (const Choice<E>& choice : kChoices<E>)
    if (choice.value == value) return choice.name;
  throw Error(ErrorKind::kFailure, "a choice without a name");
}

}  // namespace genretrack

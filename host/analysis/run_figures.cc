#include "host/analysis/run_figures.h"

#include "host/analysis/ratio_figures.h"

namespace genretrack {
namespace {

constexpr std::uint64_t kSeed = 1;  // of the bootstrap: the same figures every time

RatioFigure mean_figure(const ArtistGroups& groups, const std::vector<double>& values) {
  RatioFigure figure(groups, 1);
  for (std::size_t clip = 0; clip < values.size(); ++clip)
    figure.add(groups.of_clip[clip], 0, values[clip], 1);
  return figure;
}

}  // namespace

ArtistDraws usual_draws(const Predictions& predictions) {
  return ArtistDraws(artist_groups(predictions.artists).count, kSeed);
}

RunFigures figure_intervals(const Predictions& predictions, double level) {
  return figure_intervals(predictions, level, usual_draws(predictions));
}

RunFigures figure_intervals(const Predictions& predictions, double level, const ArtistDraws& draws) {
  const ArtistGroups groups = artist_groups(predictions.artists);
  const std::size_t genres = predictions.genres.size();
  const double clips = static_cast<double>(predictions.clips.size());
  RatioFigure balanced(groups, genres), f1(groups, genres);
  std::vector<RatioFigure> recall(genres, RatioFigure(groups, 1)), precision = recall;
  std::vector<double> truths(genres), predictions_of(genres);
  for (std::size_t clip = 0; clip < predictions.clips.size(); ++clip) {
    const std::size_t group = groups.of_clip[clip], truth = predictions.truth[clip],
                      predicted = predicted_genre(predictions, clip);
    const double right = truth == predicted ? 1 : 0;
    balanced.add(group, truth, right, 1);
    f1.add(group, truth, 2 * right, 1);
    f1.add(group, predicted, 0, 1);
    recall[truth].add(group, 0, right, 1);
    precision[predicted].add(group, 0, right, 1);
    ++truths[truth];
    ++predictions_of[predicted];
  }
  RunFigures figures;
  figures.accuracy = mean_figure(groups, hits(predictions)).share_interval(clips, level);
  figures.balanced_accuracy = balanced.share_interval(clips, level);
  figures.macro_f1 = f1.share_interval(clips, level);
  figures.log_loss = mean_figure(groups, log_losses(predictions)).bootstrap_t_interval(level, draws);
  figures.brier = mean_figure(groups, brier_scores(predictions)).bootstrap_t_interval(level, draws);
  for (std::size_t genre = 0; genre < genres; ++genre) {
    figures.recall.push_back(recall[genre].share_interval(truths[genre], level));
    figures.precision.push_back(precision[genre].share_interval(predictions_of[genre], level));
  }
  return figures;
}

}  // namespace genretrack

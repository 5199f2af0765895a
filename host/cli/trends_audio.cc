#include "host/cli/trends_audio.h"

#include <algorithm>

#include "host/analysis/calibration.h"
#include "host/cli/apply_models.h"
#include "host/core/csv.h"
#include "host/report/progress.h"

namespace genretrack {
namespace {

namespace fs = std::filesystem;

fs::path find_recording(const std::string& named, const fs::path& folder, const GlobalOptions& global) {
  const fs::path path(named);
  if (path.is_absolute() || fs::exists(folder / path) || global.data_root.empty()) return folder / path;
  return global.data_root / path;
}

// Rows whose songs have a date and a weight: only these are heard.
std::vector<std::size_t> rows_to_hear(const CsvTable& table, const std::vector<std::string>& genres,
                                      std::optional<Step> step) {
  std::vector<std::size_t> rows;
  const std::vector<double> any(genres.size(), 1.0 / static_cast<double>(genres.size()));
  read_collection(
      table, genres,
      [&](std::size_t row) {
        rows.push_back(row);
        return AnsweredRow{any, false, {}};
      },
      step);
  return rows;
}

struct Heard {
  AnsweredRow row;
  std::vector<float> embedding;
};

std::vector<Heard> hear(const AppliedRun& run, const CsvTable& table, const std::vector<std::size_t>& rows,
                        const fs::path& folder, const GlobalOptions& global, bool* same_models) {
  std::vector<fs::path> paths;
  for (const std::size_t row : rows)
    paths.push_back(find_recording(table.rows[row].fields[table.column("path")], folder, global));
  std::vector<Heard> heard(table.rows.size());
  Progress progress("hearing", "recordings");
  std::size_t done = 0;
  apply_models(run, paths, {}, global, [&](AnsweredRecording& answer) {
    Heard& to = heard[rows[answer.recording]];
    progress.update(++done, paths.size());
    if (!answer.unreadable.empty()) {
      to.row.reason = answer.unreadable;
    } else if (!answer.seen.empty()) {
      to.row.trained_on = true;
      to.row.reason = "every model was trained on it or stopped by it";
    } else {
      to.row.probabilities = std::move(answer.overall);
      std::string seen;
      *same_models = *same_models && run.fair_models(answer.hash, &seen).size() == run.models->count();
      if (!answer.embedding.empty()) to.embedding = std::move(answer.embedding.front());
    }
  });
  return heard;
}

// Held-out clips with the probabilities that recordings get, too.
std::optional<SongTable> labelled_of(const AppliedRun& run) {
  const Predictions held_out = calibrated(run.held_out, run.temperature);
  SongTable labelled;
  labelled.genres = held_out.genres;
  std::vector<std::size_t> clips(held_out.genres.size(), 0);
  std::vector<std::string> artists;
  for (std::size_t clip = 0; clip < held_out.clips.size(); ++clip) {
    ++clips[held_out.truth[clip]];
    labelled.truths.push_back(static_cast<std::int32_t>(held_out.truth[clip]));
    labelled.weights.push_back(1);
    labelled.dates.emplace_back();
    std::int32_t artist = -1;
    if (clip < held_out.artists.size() && !held_out.artists[clip].empty()) {
      const auto found = std::find(artists.begin(), artists.end(), held_out.artists[clip]);
      artist = static_cast<std::int32_t>(found - artists.begin());
      if (found == artists.end()) artists.push_back(held_out.artists[clip]);
    }
    labelled.artists.push_back(artist);
    for (std::size_t genre = 0; genre < held_out.genres.size(); ++genre)
      labelled.probabilities.push_back(static_cast<float>(held_out.probability(clip, genre)));
  }
  // Fewer would correct with noise.
  constexpr std::size_t kLeastClips = 5;
  if (clips.empty() || *std::min_element(clips.begin(), clips.end()) < kLeastClips) return std::nullopt;
  return labelled;
}

}  // namespace

HeardCollection hear_collection(const fs::path& csv, const fs::path& model, std::optional<Step> step,
                                const GlobalOptions& global) {
  const CsvTable table = read_csv(csv);
  const AppliedRun run = open_run(model, global, true);
  const std::vector<std::string>& genres = run.models->genres();
  const std::vector<std::size_t> rows = rows_to_hear(table, genres, step);
  bool same_models = true;
  std::vector<Heard> heard = hear(run, table, rows, csv.parent_path(), global, &same_models);
  HeardCollection made{read_collection(
                           table, genres, [&](std::size_t row) { return heard[row].row; }, step),
                       labelled_of(run),
                       {},
                       describe(run)};
  const std::size_t size = run.models->embedding_size();
  // Folds have embeddings of their own, which cannot be compared.
  if (!same_models || size == 0) return made;
  made.embeddings.emplace(static_cast<long>(made.collection.songs.songs()), static_cast<long>(size));
  for (std::size_t song = 0; song < made.collection.songs.songs(); ++song) {
    const std::vector<float>& embedding = heard[made.collection.songs.rows[song]].embedding;
    made.embeddings->row(static_cast<long>(song)) =
        Eigen::Map<const Eigen::RowVectorXf>(embedding.data(), static_cast<long>(size));
  }
  return made;
}

}  // namespace genretrack

// What trends are computed from: songs with a time, a weight, and probabilities of genres.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "host/core/csv.h"
#include "host/trends/date.h"

namespace genretrack {

struct SongTable {
  std::vector<std::string> genres;
  std::size_t seeds = 1;              // sets of probabilities per song
  std::vector<Date> dates;            // per song
  std::vector<double> weights;        // per song, above 0
  std::vector<std::int32_t> artists;  // per song; -1 where unknown
  std::vector<std::int32_t>
      truths;  // per song, index into genres, -1 where unknown; empty without such a column
  std::vector<float> probabilities;  // (songs, seeds, genres); rows sum to 1
  std::vector<std::size_t> rows;     // per song, its row in the table, from 0
  bool has_artists = false;

  std::size_t songs() const { return dates.size(); }
  const float* row(std::size_t song, std::size_t seed) const {
    return probabilities.data() + (song * seeds + seed) * genres.size();
  }
};

// What became of the rows of a table. Every row is counted once.
struct RowCounts {
  std::size_t rows = 0, used = 0;
  std::size_t without_date = 0;     // empty, or year 0
  std::size_t unreadable_date = 0;  // text that is no date
  std::size_t in_future = 0;        // after today
  std::size_t too_coarse = 0;       // only a year where quarters or months are counted
  std::size_t without_weight = 0;   // weight 0, negative or no number
  std::size_t unusable = 0;         // no probabilities, or such that are none; recordings that cannot be read
  std::size_t trained_on = 0;       // recordings that every model trained on or was stopped by
  std::vector<std::string> examples;  // the first rows left out, with line and reason, at most ten
  std::size_t left_out() const { return rows - used; }
};

struct Collection {
  SongTable songs;
  RowCounts counts;
  Step step = Step::kYear;
};

// A CSV with the columns `year` (or `date`), one per genre, and where known `path`, `title`, `artist`,
// `weight`, `truth` (its genre) and `seed` (several rows per path, one per seed). Songs are counted by
// `step`; without one by quarters where every dated song has its quarter and no day, else by years. Rows that
// cannot be used are counted; throws Error(kData) with file and remedy where there is no such column, a
// further column that is no probability, or no usable row.
Collection read_probability_table(const std::filesystem::path& path, std::optional<Step> step);

// The same for songs whose probabilities are not in the table: `answer` gives them for a row of the table, in
// the order of `genres`, and is asked only for songs that can be used otherwise. Columns that are not known
// are skipped.
struct AnsweredRow {
  std::vector<double> probabilities;  // empty: none
  bool trained_on = false;            // why: by the model, so that what it says of it means nothing
  std::string reason;                 // why, in words
};
Collection read_collection(const CsvTable& table, const std::vector<std::string>& genres,
                           const std::function<AnsweredRow(std::size_t row)>& answer,
                           std::optional<Step> step);

// Clips whose genre is known and that the model did not train on: a CSV with the columns `truth`
// and one per genre of `genres`, in any order; others (part, clip, artist) may be there. Probabilities and
// truths as in a SongTable; dates are absent. Throws Error(kData).
SongTable read_labelled(const std::filesystem::path& path, const std::vector<std::string>& genres);

}  // namespace genretrack

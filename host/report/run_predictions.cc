#include "host/report/run_predictions.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

#include "host/core/csv.h"
#include "host/core/error.h"

namespace genretrack {
namespace {

// Probabilities are written as the shortest text that reads back, and averaged from float sums.
constexpr double kSumTolerance = 1e-4;

[[noreturn]] void refuse(const std::string& file, std::size_t line, const std::string& what) {
  throw Error(ErrorKind::kData,
              file + ":" + std::to_string(line) + ": " + what +
                  "; the file is damaged or was edited: run the experiment again with --force");
}

CsvTable read_run_table(const std::filesystem::path& path) {
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored))
    throw Error(ErrorKind::kData, path.string() + ": is missing: run the experiment again with --force");
  try {
    return read_csv(path);
  } catch (const Error& error) {
    throw Error(error.kind(), std::string(error.what()) + ": run the experiment again with --force");
  }
}

double probability(const CsvTable& table, const CsvTable::Row& row, std::size_t column) {
  const std::string& text = row.fields[column];
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !(value >= 0 && value <= 1 + kSumTolerance))
    refuse(table.source, row.line,
           "the probability of '" + table.header[column] + "' is '" + text +
               "', which is not a number from 0 to 1");
  return value;
}

struct Row {
  std::size_t line = 0, truth = 0;
  std::vector<double> probabilities;
};
using Rows = std::map<std::string, Row>;

Row read_row(const CsvTable& table, const CsvTable::Row& fields, const std::vector<std::string>& genres) {
  Row row;
  row.line = fields.line;
  const auto truth = std::find(genres.begin(), genres.end(), fields.fields[2]);
  if (truth == genres.end())
    refuse(table.source, fields.line, "the truth '" + fields.fields[2] + "' is no genre of this run");
  row.truth = static_cast<std::size_t>(truth - genres.begin());
  double sum = 0;
  for (std::size_t column = 3; column < fields.fields.size(); ++column) {
    row.probabilities.push_back(probability(table, fields, column));
    sum += row.probabilities.back();
  }
  if (std::abs(sum - 1) > kSumTolerance)
    refuse(table.source, fields.line, fmt::format("the probabilities sum to {:.6g}, not to 1", sum));
  return row;
}

void check_header(const CsvTable& table, const std::vector<std::string>& genres) {
  std::vector<std::string> expected = {"part", "clip", "truth"};
  expected.insert(expected.end(), genres.begin(), genres.end());
  if (table.header == expected) return;
  std::string list;
  for (const std::string& name : expected) list += (list.empty() ? "" : ",") + name;
  refuse(table.source, 1, "the columns must be " + list);
}

Predictions part_of(const Rows& rows, const std::string& part, const std::vector<std::string>& genres,
                    const SplitClips& split, const std::string& file) {
  Predictions predictions;
  predictions.genres = genres;
  for (const auto& [clip, row] : rows) {
    const auto known = split.find(clip);
    if (known == split.end() || known->second.part != part)
      refuse(file, row.line, "clip '" + clip + "' is not in the " + part + " part of split.csv beside it");
    if (known->second.genre != genres[row.truth])
      refuse(file, row.line, "clip '" + clip + "' is '" + known->second.genre + "' in split.csv beside it");
    predictions.clips.push_back(clip);
    predictions.truth.push_back(row.truth);
    predictions.artists.push_back(known->second.artist);
    predictions.probabilities.insert(predictions.probabilities.end(), row.probabilities.begin(),
                                     row.probabilities.end());
  }
  for (const auto& [clip, known] : split)
    if (known.part == part && !rows.contains(clip))
      throw Error(ErrorKind::kData,
                  file + ": clip '" + clip + "' of the " + part +
                      " part is missing; the file was cut short: run the experiment again with "
                      "--force");
  return predictions;
}

}  // namespace

SplitClips read_split(const std::filesystem::path& path) {
  const CsvTable table = read_run_table(path);
  const std::size_t clip = table.column("clip"), genre = table.column("genre"),
                    artist = table.column("artist"), part = table.column("part");
  static const std::set<std::string> kParts = {"train", "validation", "test"};
  SplitClips clips;
  for (const CsvTable::Row& row : table.rows) {
    if (!kParts.contains(row.fields[part]))
      refuse(table.source, row.line,
             "the part '" + row.fields[part] + "' is none of train, validation and test");
    const SplitClip value{row.fields[genre], row.fields[artist], row.fields[part]};
    if (!clips.emplace(row.fields[clip], value).second)
      refuse(table.source, row.line, "clip '" + row.fields[clip] + "' stands twice");
  }
  return clips;
}

PartPredictions read_predictions(const std::filesystem::path& path, const std::vector<std::string>& genres,
                                 const SplitClips& split) {
  const CsvTable table = read_run_table(path);
  check_header(table, genres);
  Rows validation, test;
  for (const CsvTable::Row& row : table.rows) {
    const std::string& part = row.fields[0];
    if (part != "validation" && part != "test")
      refuse(table.source, row.line, "the part '" + part + "' is neither validation nor test");
    Rows& rows = part == "test" ? test : validation;
    if (!rows.emplace(row.fields[1], read_row(table, row, genres)).second)
      refuse(table.source, row.line, "clip '" + row.fields[1] + "' stands twice in the " + part + " part");
  }
  return {part_of(validation, "validation", genres, split, table.source),
          part_of(test, "test", genres, split, table.source)};
}

Predictions pooled(const std::vector<const Predictions*>& sets) {
  struct Mean {
    std::size_t truth = 0, count = 0;
    std::string artist;
    std::vector<double> sums;
  };
  std::map<std::string, Mean> clips;
  Predictions result;
  for (const Predictions* set : sets) {
    result.genres = set->genres;
    for (std::size_t clip = 0; clip < set->clips.size(); ++clip) {
      Mean& mean = clips[set->clips[clip]];
      mean.truth = set->truth[clip];
      mean.artist = set->artists[clip];
      mean.sums.resize(set->genres.size());
      ++mean.count;
      for (std::size_t genre = 0; genre < set->genres.size(); ++genre)
        mean.sums[genre] += set->probability(clip, genre);
    }
  }
  for (const auto& [clip, mean] : clips) {
    result.clips.push_back(clip);
    result.truth.push_back(mean.truth);
    result.artists.push_back(mean.artist);
    for (const double sum : mean.sums) result.probabilities.push_back(sum / static_cast<double>(mean.count));
  }
  return result;
}

}  // namespace genretrack

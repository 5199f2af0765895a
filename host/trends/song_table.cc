#include "host/trends/song_table.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>
#include <unordered_map>

#include "host/core/csv.h"
#include "host/core/error.h"

namespace genretrack {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kAbsent = static_cast<std::size_t>(-1);
constexpr std::size_t kMostGenres = 500;

std::optional<double> number(const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
    return std::nullopt;
  return value;
}

// Where the known columns stand; every other column is a genre.
struct Columns {
  std::size_t count = 0, path = kAbsent, title = kAbsent, date = kAbsent, artist = kAbsent, weight = kAbsent,
              truth = kAbsent, seed = kAbsent;
  std::vector<std::size_t> genres;  // their columns
};

Columns columns_of(const std::vector<std::string>& header, std::vector<std::string>& genres) {
  Columns columns;
  columns.count = header.size();
  const std::unordered_map<std::string, std::size_t*> known = {
      {"path", &columns.path},   {"title", &columns.title},   {"year", &columns.date},
      {"date", &columns.date},   {"artist", &columns.artist}, {"weight", &columns.weight},
      {"truth", &columns.truth}, {"seed", &columns.seed},     {"clip", &columns.path}};
  const std::set<std::string> ignored = {"part", "split", "none", "album", "seconds", "genre", "trained_on"};
  for (std::size_t i = 0; i < header.size(); ++i) {
    const auto found = known.find(header[i]);
    if (found != known.end()) {
      if (*found->second == kAbsent) *found->second = i;
    } else if (!ignored.contains(header[i])) {
      columns.genres.push_back(i);
      genres.push_back(header[i]);
    }
  }
  return columns;
}

// Reads the probabilities of a row and makes them sum to 1 exactly; false where they are none.
bool read_probabilities(const std::vector<std::string>& fields, const std::vector<std::size_t>& columns,
                        std::vector<float>& row) {
  double sum = 0;
  row.clear();
  for (const std::size_t column : columns) {
    const std::optional<double> value = number(fields[column]);
    if (!value || *value < 0 || *value > 1) return false;
    row.push_back(static_cast<float>(*value));
    sum += *value;
  }
  if (std::abs(sum - 1) > 0.02) return false;
  for (float& value : row) value = static_cast<float>(value / sum);
  return true;
}

using Answer = std::function<AnsweredRow(std::size_t)>;

class TableReader {
 public:
  // Probabilities stand in the table.
  explicit TableReader(std::string source) : source_(std::move(source)) {}
  // They come from elsewhere.
  TableReader(std::string source, std::vector<std::string> genres, Answer answer)
      : source_(std::move(source)), answer_(std::move(answer)) {
    songs_.genres = std::move(genres);
  }

  void take(std::size_t line, std::vector<std::string>& fields) {
    if (columns_.count == 0) return take_header(fields);
    if (fields.size() != columns_.count)
      throw Error(ErrorKind::kData, source_ + ":" + std::to_string(line) + ": " +
                                        std::to_string(fields.size()) + " fields, the header has " +
                                        std::to_string(columns_.count));
    ++counts_.rows;
    take_song(line, fields);
  }

  Collection finish(std::optional<Step> step) {
    if (columns_.count == 0) throw Error(ErrorKind::kData, source_ + ": no header line");
    require_probabilities();
    if (columns_.seed != kAbsent) join_seeds();
    Collection made{std::move(songs_), std::move(counts_), Step::kYear};
    made.step = step ? *step : finest_;
    if (!step && (!all_quarters_ || made.songs.songs() == 0)) made.step = Step::kYear;
    drop_coarse(made);
    if (made.songs.songs() == 0)
      throw Error(ErrorKind::kData, source_ + ": no song can be used" + examples_text(made.counts));
    return made;
  }

 private:
  void take_header(const std::vector<std::string>& header) {
    std::vector<std::string> genres;
    columns_ = columns_of(header, genres);
    const auto refuse = [&](const std::string& what) {
      throw Error(ErrorKind::kData, source_ + ": " + what);
    };
    if (columns_.date == kAbsent) refuse("no column \"year\" or \"date\"");
    songs_.has_artists = columns_.artist != kAbsent;
    if (answer_) {
      if (columns_.path == kAbsent) refuse("no column \"path\", which says where a song's recording lies");
      const auto genre = std::find(header.begin(), header.end(), "genre");
      if (columns_.truth == kAbsent && genre != header.end())
        columns_.truth = static_cast<std::size_t>(genre - header.begin());
      columns_.genres.clear();
      columns_.seed = kAbsent;
      return;
    }
    songs_.genres = std::move(genres);
    if (columns_.genres.size() < 2)
      refuse(
          "a table of probabilities has a column per genre, two at least; for recordings name the model that "
          "hears them with --model");
    if (columns_.genres.size() > kMostGenres)
      refuse(std::to_string(columns_.genres.size()) + " columns of genres; at most " +
             std::to_string(kMostGenres) + " can be analysed");
    if (columns_.seed != kAbsent && columns_.path == kAbsent)
      refuse("a column \"seed\" needs a column \"path\" that says which rows are of one song");
    std::set<std::string> names;
    for (const std::string& genre : songs_.genres)
      if (genre.empty() || !names.insert(genre).second)
        refuse("a genre's column has no name of its own: \"" + genre + "\"");
    plausible_.assign(columns_.genres.size(), false);
  }

  void leave_out(std::size_t& counter, std::size_t line, const std::string& reason) {
    ++counter;
    if (counts_.examples.size() < 10)
      counts_.examples.push_back("line " + std::to_string(line) + ": " + reason);
  }

  void take_song(std::size_t line, const std::vector<std::string>& fields) {
    const std::string& text = fields[columns_.date];
    if (text.empty() || text == "0" || text == "0.0" || text == "nan" || text == "NaN")
      return leave_out(counts_.without_date, line, "no year");
    const std::optional<Date> date = parse_date(text);
    if (!date) return leave_out(counts_.unreadable_date, line, "\"" + text.substr(0, 40) + "\" is no date");
    if (in_future(*date)) return leave_out(counts_.in_future, line, text + " is in the future");
    double weight = 1;
    if (columns_.weight != kAbsent) {
      const std::optional<double> value = number(fields[columns_.weight]);
      if (!value || *value <= 0) return leave_out(counts_.without_weight, line, "its weight is not above 0");
      weight = *value;
    }
    for (std::size_t i = 0; i < plausible_.size(); ++i)
      plausible_[i] = plausible_[i] || number(fields[columns_.genres[i]]).value_or(-1) >= 0;
    if (!answer_ && !read_probabilities(fields, columns_.genres, row_))
      return leave_out(counts_.unusable, line, "its probabilities are missing or do not sum to 1");
    if (answer_ && !ask(line)) return;
    all_quarters_ = all_quarters_ && date->has(Step::kQuarter) && !date->has(Step::kMonth);
    finest_ = Step::kQuarter;
    keep(*date, weight, fields);
  }

  bool ask(std::size_t line) {
    const AnsweredRow answer = answer_(counts_.rows - 1);
    row_.assign(answer.probabilities.begin(), answer.probabilities.end());
    if (row_.empty())
      leave_out(answer.trained_on ? counts_.trained_on : counts_.unusable, line, answer.reason);
    return !row_.empty();
  }

  bool in_future(const Date& date) const {
    return date.year > today_.year ||
           (date.year == today_.year &&
            (date.month > 0 ? date.month > today_.month : date.quarter > today_.quarter));
  }

  void keep(const Date& date, double weight, const std::vector<std::string>& fields) {
    songs_.dates.push_back(date);
    songs_.weights.push_back(weight);
    songs_.rows.push_back(counts_.rows - 1);
    std::int32_t artist = -1, truth = -1;
    if (columns_.artist != kAbsent && !fields[columns_.artist].empty())
      artist = artists_.try_emplace(fields[columns_.artist], static_cast<std::int32_t>(artists_.size()))
                   .first->second;
    if (columns_.truth != kAbsent) {
      const auto found = std::find(songs_.genres.begin(), songs_.genres.end(), fields[columns_.truth]);
      if (found != songs_.genres.end()) truth = static_cast<std::int32_t>(found - songs_.genres.begin());
      songs_.truths.push_back(truth);
    }
    songs_.artists.push_back(artist);
    songs_.probabilities.insert(songs_.probabilities.end(), row_.begin(), row_.end());
    if (columns_.seed != kAbsent) keys_.emplace_back(fields[columns_.path], fields[columns_.seed]);
    ++counts_.used;
  }

  // A column without a single number is no genre, and saying so helps more than a count of unusable rows.
  void require_probabilities() const {
    if (counts_.unusable == 0 || counts_.used > 0) return;
    for (std::size_t i = 0; i < plausible_.size(); ++i)
      if (!plausible_[i])
        throw Error(ErrorKind::kData, source_ + ": column \"" + songs_.genres[i] +
                                          "\" is taken for a genre and holds no probabilities; remove it, or "
                                          "name the model that hears the recordings with --model");
  }

  // Songs of several rows, one per seed: all seeds beside each other, in the order of the first song.
  void join_seeds() {
    std::unordered_map<std::string, std::size_t> seed_of, song_of;
    for (const auto& key : keys_) {
      seed_of.try_emplace(key.second, seed_of.size());
      song_of.try_emplace(key.first, song_of.size());
    }
    const std::size_t seeds = seed_of.size(), count = song_of.size(), genres = songs_.genres.size();
    SongTable joined;
    joined.genres = songs_.genres;
    joined.has_artists = songs_.has_artists;
    joined.seeds = seeds;
    joined.dates.resize(count);
    joined.weights.resize(count);
    joined.rows.resize(count);
    joined.artists.resize(count);
    if (!songs_.truths.empty()) joined.truths.resize(count);
    joined.probabilities.resize(count * seeds * genres);
    std::vector<char> filled(count * seeds, 0);
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      const std::size_t song = song_of.at(keys_[i].first), cell = song * seeds + seed_of.at(keys_[i].second);
      if (filled[cell])
        throw Error(ErrorKind::kData,
                    source_ + ": \"" + keys_[i].first + "\" stands twice with seed " + keys_[i].second);
      filled[cell] = 1;
      joined.dates[song] = songs_.dates[i];
      joined.weights[song] = songs_.weights[i];
      joined.rows[song] = songs_.rows[i];
      joined.artists[song] = songs_.artists[i];
      if (!songs_.truths.empty()) joined.truths[song] = songs_.truths[i];
      std::copy_n(songs_.row(i, 0), genres, joined.probabilities.begin() + static_cast<long>(cell * genres));
    }
    if (std::find(filled.begin(), filled.end(), 0) != filled.end())
      throw Error(ErrorKind::kData, source_ + ": not every song has a usable row for every seed; " +
                                        std::to_string(keys_.size()) + " rows, " + std::to_string(count) +
                                        " songs, " + std::to_string(seeds) + " seeds");
    songs_ = std::move(joined);
  }

  void drop_coarse(Collection& made) const {
    if (made.step == Step::kYear) return;
    SongTable& songs = made.songs;
    const std::size_t width = songs.seeds * songs.genres.size();
    std::size_t kept = 0;
    for (std::size_t i = 0; i < songs.songs(); ++i) {
      if (!songs.dates[i].has(made.step)) {
        made.counts.too_coarse += songs.seeds;
        continue;
      }
      songs.dates[kept] = songs.dates[i];
      songs.weights[kept] = songs.weights[i];
      songs.rows[kept] = songs.rows[i];
      songs.artists[kept] = songs.artists[i];
      if (!songs.truths.empty()) songs.truths[kept] = songs.truths[i];
      std::copy_n(songs.probabilities.begin() + static_cast<long>(i * width), width,
                  songs.probabilities.begin() + static_cast<long>(kept * width));
      ++kept;
    }
    made.counts.used -= made.counts.too_coarse;
    songs.dates.resize(kept);
    songs.weights.resize(kept);
    songs.rows.resize(kept);
    songs.artists.resize(kept);
    if (!songs.truths.empty()) songs.truths.resize(kept);
    songs.probabilities.resize(kept * width);
  }

  static std::string examples_text(const RowCounts& counts) {
    if (counts.examples.empty())
      return counts.too_coarse > 0 ? ": only their years are known" : ": it has no row";
    return "; " + counts.examples.front();
  }

  std::string source_;
  Answer answer_;
  Columns columns_;
  SongTable songs_;
  RowCounts counts_;
  Date today_ = today();
  Step finest_ = Step::kYear;
  bool all_quarters_ = true;
  std::vector<bool> plausible_;
  std::vector<float> row_;
  std::unordered_map<std::string, std::int32_t> artists_;
  std::vector<std::pair<std::string, std::string>> keys_;  // path and seed, only where seeds are given
};

}  // namespace

Collection read_probability_table(const fs::path& path, std::optional<Step> step) {
  TableReader reader(path.string());
  scan_csv(path, [&](std::size_t line, std::vector<std::string>& fields) { reader.take(line, fields); });
  return reader.finish(step);
}

Collection read_collection(const CsvTable& table, const std::vector<std::string>& genres,
                           const Answer& answer, std::optional<Step> step) {
  TableReader reader(table.source, genres, answer);
  std::vector<std::string> fields = table.header;
  reader.take(1, fields);
  for (const CsvTable::Row& row : table.rows) {
    fields = row.fields;
    reader.take(row.line, fields);
  }
  return reader.finish(step);
}

SongTable read_labelled(const fs::path& path, const std::vector<std::string>& genres) {
  const CsvTable table = read_csv(path);
  const std::size_t truth_column = table.column("truth");
  std::vector<std::size_t> columns;
  for (const std::string& genre : genres) columns.push_back(table.column(genre));
  const std::optional<std::size_t> artist_column = table.find("artist");
  SongTable labelled;
  labelled.genres = genres;
  labelled.has_artists = artist_column.has_value();
  std::unordered_map<std::string, std::int32_t> artists;
  std::vector<float> row;
  for (const CsvTable::Row& line : table.rows) {
    const auto found = std::find(genres.begin(), genres.end(), line.fields[truth_column]);
    const std::string place = path.string() + ":" + std::to_string(line.line) + ": ";
    if (found == genres.end())
      throw Error(ErrorKind::kData,
                  place + "\"" + line.fields[truth_column] + "\" is no genre of the collection's table");
    if (!read_probabilities(line.fields, columns, row))
      throw Error(ErrorKind::kData, place + "the probabilities are missing or do not sum to 1");
    labelled.truths.push_back(static_cast<std::int32_t>(found - genres.begin()));
    labelled.artists.push_back(
        artist_column && !line.fields[*artist_column].empty()
            ? artists.try_emplace(line.fields[*artist_column], static_cast<std::int32_t>(artists.size()))
                  .first->second
            : -1);
    labelled.weights.push_back(1);
    labelled.dates.emplace_back();
    labelled.probabilities.insert(labelled.probabilities.end(), row.begin(), row.end());
  }
  if (labelled.songs() < 2 * genres.size())
    throw Error(ErrorKind::kData, path.string() + ": " + std::to_string(labelled.songs()) +
                                      " clips of known genre for " + std::to_string(genres.size()) +
                                      " genres are too few to correct anything with");
  return labelled;
}

}  // namespace genretrack

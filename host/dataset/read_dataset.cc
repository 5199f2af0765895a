#include <algorithm>
#include <map>
#include <set>

#include "host/core/audio_suffix.h"
#include "host/core/error.h"
#include "host/core/utf8.h"
#include "host/dataset/dataset.h"
#include "host/dataset/fma.h"
#include "host/dataset/folders.h"
#include "host/dataset/gtzan.h"
#include "host/dataset/manifest.h"
#include "host/dataset/text.h"

namespace genretrack {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const fs::path& place, const std::string& what) {
  throw Error(ErrorKind::kData, place.string() + ": " + what);
}

bool kept(const std::string& genre, const std::vector<std::string>& genres) {
  return genres.empty() || std::any_of(genres.begin(), genres.end(),
                                       [&](const std::string& g) { return genre_name(g) == genre; });
}

fs::path folder_of_genres(const fs::path& path) {
  for (const char* name : {"genres", "genres_original"}) {
    std::error_code ignored;
    if (fs::is_directory(path / name, ignored)) return path / name;
  }
  return path;
}

// Fills clips and genres; every genre there is, kept or not, goes into `present`.
void read_folders(Dataset& dataset, const std::vector<std::string>& keep, std::set<std::string>& present) {
  std::map<std::string, std::size_t> counts;
  for (const fs::path& folder : list_folder(dataset.root)) {
    std::error_code ignored;
    if (!fs::is_directory(folder, ignored) || is_audio_file(folder)) continue;
    const std::string genre = genre_name(folder.filename().string());
    present.insert(genre);
    if (!kept(genre, keep)) continue;
    std::vector<fs::path> recordings;
    find_recordings(folder, recordings);
    counts[genre] += recordings.size();
    for (const fs::path& path : recordings)
      dataset.clips.push_back(
          {path.lexically_relative(dataset.root).generic_string(), path, genre, "", {}, ""});
  }
  if (present.empty())
    fail(dataset.root,
         "there is no folder in it; a data set is a folder with one folder of recordings per genre, or a CSV "
         "file with the columns path,genre");
  for (const auto& [genre, count] : counts)
    if (count == 0)
      fail(dataset.root / genre,
           "the genre '" + genre +
               "' has no recording (wav, au, flac, ogg, mp3, opus); add some, remove the "
               "folder, or name the genres to keep");
}

// Every genre there is, kept or not, goes into `present`.
void keep_genres(Dataset& dataset, const std::vector<std::string>& keep, std::set<std::string>& present) {
  for (const Clip& clip : dataset.clips) present.insert(clip.genre);
  std::erase_if(dataset.clips, [&](const Clip& clip) { return !kept(clip.genre, keep); });
}

void check_genres(const Dataset& dataset, const std::vector<std::string>& keep,
                  const std::set<std::string>& present) {
  const std::string all = join({present.begin(), present.end()});
  for (const std::string& genre : keep)
    if (!present.contains(genre_name(genre)))
      fail(dataset.root, "there is no genre '" + genre + "' to keep; the genres here are: " + all);
  for (const char* column : {"part", "clip", "truth"})  // of predictions.csv, where genres are columns, too
    if (std::find(dataset.genres.begin(), dataset.genres.end(), column) != dataset.genres.end())
      fail(dataset.root, std::string("a genre cannot be named '") + column +
                             "', which is a column of every table of predictions; rename it");
  if (dataset.genres.size() < 2)
    fail(dataset.root, "there is " +
                           (dataset.genres.empty() ? std::string("no clip")
                                                   : "only the genre '" + dataset.genres[0] + "'") +
                           "; telling genres apart needs two at least");
}

void check_text(const Clip& clip) {
  const char* remedy = " has bytes that are not UTF-8 text, or control characters; rename it";
  if (!is_one_line_text(clip.genre))
    fail(clip.path.parent_path(), "the name of this genre" + std::string(remedy));
  if (!is_one_line_text(clip.id)) fail(clip.path, "the name of this recording" + std::string(remedy));
  if (!is_one_line_text(clip.artist))
    fail(clip.path, "the name of its artist has line ends or other control characters; correct it");
}

void add_known_facts(Clip& clip) {
  const GtzanClip* known = find_gtzan_clip(clip.stem(), clip.genre);
  if (known == nullptr) return;
  if (clip.artist.empty()) clip.artist = known->artist;
  if (!clip.year) clip.year = known->year;
}

std::string last_name(const fs::path& path) {
  const fs::path absolute = fs::absolute(path).lexically_normal();
  return absolute.has_filename() ? absolute.filename().string() : absolute.parent_path().filename().string();
}

}  // namespace

std::size_t Dataset::genre_index(const std::string& genre) const {
  const auto found = std::lower_bound(genres.begin(), genres.end(), genre);
  if (found == genres.end() || *found != genre)
    fail(root, "there is no genre '" + genre + "'; the genres here are: " + join(genres));
  return static_cast<std::size_t>(found - genres.begin());
}

Dataset read_dataset(const fs::path& path, const DatasetOptions& options) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (!fs::exists(status)) fail(path, "there is no such data set; check the path");
  Dataset dataset;
  dataset.name = last_name(path);
  dataset.data_root = options.data_root;
  std::set<std::string> present;
  if (const auto fma = find_fma(path)) {
    read_fma(*fma, dataset);
    keep_genres(dataset, options.genres, present);
  } else if (fs::is_directory(status)) {
    dataset.root = folder_of_genres(path);
    read_folders(dataset, options.genres, present);
  } else if (!fs::is_regular_file(status) || is_audio_file(path)) {
    fail(path, "this is no data set; name a folder with one folder per genre, or a CSV file");
  } else {
    dataset.root = folder_of(path);
    dataset.clips = read_manifest(path, options.data_root);
    keep_genres(dataset, options.genres, present);
  }
  std::set<std::string> genres;
  for (Clip& clip : dataset.clips) {
    check_text(clip);
    add_known_facts(clip);
    genres.insert(clip.genre);
  }
  dataset.genres.assign(genres.begin(), genres.end());
  check_genres(dataset, options.genres, present);
  std::sort(dataset.clips.begin(), dataset.clips.end(),
            [](const Clip& a, const Clip& b) { return a.id < b.id; });
  return dataset;
}

fs::path find_data(const fs::path& path, const fs::path& data_root) {
  if (path.empty())
    throw Error(ErrorKind::kData, "the path of the data set is empty; name a folder or a CSV file");
  std::vector<fs::path> places;
  if (path.is_relative() && !data_root.empty()) places.push_back(data_root / path);
  places.push_back(path);
  std::vector<std::string> looked_at;
  for (const fs::path& place : places) {
    std::error_code ignored;
    if (fs::exists(place, ignored)) return place;
    looked_at.push_back(fs::absolute(place).lexically_normal().string());
  }
  throw Error(ErrorKind::kData, "there is no data at '" + path.string() + "'; looked for " + join(looked_at) +
                                    "; give its folder with --data-root or GENRETRACK_DATA");
}

}  // namespace genretrack

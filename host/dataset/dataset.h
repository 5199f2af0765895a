// A labelled collection of recordings, whatever its layout on disk.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace genretrack {

struct Clip {
  std::string id;              // path relative to the data set's root, '/'-separated; unique, UTF-8, one line
  std::filesystem::path path;  // of the recording
  std::string genre;
  std::string artist;       // empty where unknown
  std::optional<int> year;  // of release
  std::string part;         // CSV manifest's split column: train, validation, test, or empty
  std::string stem() const { return path.stem().string(); }
};

struct Dataset {
  std::string name;                 // the folder's or CSV file's name
  std::filesystem::path root;       // what ids are relative to: the folder of the genres, or of the CSV file
  std::filesystem::path data_root;  // where files of a split may lie, too; empty: nowhere else
  std::vector<std::string> genres;  // sorted
  std::vector<Clip> clips;          // sorted by id
  std::vector<std::string> notes;   // what was found and what was left out, where that is not plain
  std::size_t genre_index(const std::string& genre) const;
};

struct DatasetOptions {
  std::vector<std::string> genres = {};  // keep these only; empty keeps all. An unknown one is Error(kData).
  std::filesystem::path data_root = {};  // a manifest's paths may lead here, too
};

// `path` is a GTZAN folder (genres/<genre>/..., genres_original/<genre>/..., or a folder of genre folders),
// FMA (a folder with fma_metadata/tracks.csv), any folder with one folder per genre, or a CSV manifest with
// the columns path,genre[,artist,year,split], whose paths lead below its own folder or `data_root`. Artists
// and years of GTZAN clips come from data/gtzan.csv, matched by stem. `._*` files are skipped and "hip-hop"
// is "hiphop". Throws Error(kData) that names the place: nothing there, a genre without audio, one genre
// only, a CSV line that does not parse (file:line), a clip listed twice, a path that is missing.
Dataset read_dataset(const std::filesystem::path& path, const DatasetOptions& options = {});

// Where a relative data path of a spec lies: under `data_root` (--data-root or GENRETRACK_DATA) if it exists
// there, else in the working directory. Throws Error(kData) that lists the places looked at.
std::filesystem::path find_data(const std::filesystem::path& path, const std::filesystem::path& data_root);

}  // namespace genretrack

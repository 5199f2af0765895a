// Models and checkpoints: small HDF5 files of named float32 arrays and texts, written whole or not at all,
// and believed only where their hash agrees.
#pragma once

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace genretrack {

class StateFile {
 public:
  struct Array {
    std::vector<int> shape;
    std::vector<float> values;
  };
  std::map<std::string, Array> arrays;  // "branches/mfcc/parameters/output/weight"
  std::map<std::string, std::string> texts;

  // Throws Error(kData) as write_file_atomically does.
  void save(const std::filesystem::path& path) const;
  // Throws Error(kData) that names the file and the remedy where it is damaged or none of ours.
  static StateFile load(const std::filesystem::path& path);
  // The same of a file's bytes; `path` is for messages.
  static StateFile parse(std::string bytes, const std::filesystem::path& path);

  const Array& array(const std::string& name) const;       // Error(kData) where it is absent
  const std::string& text(const std::string& name) const;  // Error(kData) where it is absent

 private:
  std::string source_ = "state";  // for messages
};

}  // namespace genretrack

#include "host/spec/read_experiment.h"

#include <algorithm>
#include <map>
#include <set>

#include "host/spec/overrides.h"
#include "host/spec/spec_reader.h"
#include "host/spec/sweep.h"

namespace genretrack {
namespace {

std::vector<std::filesystem::path> spec_files(const std::filesystem::path& path) {
  std::error_code ignored;
  if (!std::filesystem::is_directory(path, ignored)) return {path};
  std::vector<std::filesystem::path> files;
  std::error_code problem;
  for (std::filesystem::directory_iterator entry(path, problem), end; !problem && entry != end;
       entry.increment(problem))
    if (entry->path().extension() == ".json" && !entry->path().filename().string().starts_with('.'))
      files.push_back(entry->path());
  if (problem) throw spec_error(ErrorKind::kSpec, path.string() + ": cannot be read: " + problem.message());
  if (files.empty())
    throw spec_error(ErrorKind::kSpec, path.string() + ": has no *.json files; name one, or another folder");
  std::sort(files.begin(), files.end());
  return files;
}

// What one file stands for.
std::vector<Experiment> experiments_of(const std::filesystem::path& file,
                                       const std::vector<Override>& overrides) {
  SpecSource source = read_source(file);
  if (is_sweep(source.text.value)) return expand_sweep(source, file, overrides);
  for (const Override& change : overrides) apply(change, source);
  return {read_experiment(source, file.stem().string())};
}

// All in one, a line each; what was said already, as of a --set that suits no file, is not said again.
Error together(const std::vector<Error>& errors) {
  std::string text;
  std::set<std::string> said;
  for (const Error& error : errors)
    if (said.insert(error.what()).second) text += (text.empty() ? "" : "\n") + std::string(error.what());
  for (const ErrorKind kind : {ErrorKind::kSpec, ErrorKind::kUsage, ErrorKind::kUnsupported})
    if (std::any_of(errors.begin(), errors.end(), [&](const Error& error) { return error.kind() == kind; }))
      return {kind, text};
  return {errors.front().kind(), text};
}

}  // namespace

std::vector<Experiment> read_experiments(const std::vector<std::filesystem::path>& paths,
                                         const std::vector<std::string>& arguments) {
  std::vector<Override> overrides;
  for (const std::string& argument : arguments) overrides.push_back(parse_override(argument));
  std::vector<Experiment> all;
  std::map<std::string, std::string> names;
  std::vector<Error> errors;
  const auto collecting = [&](const auto& read, const std::filesystem::path& path) {
    try {
      read(path);
    } catch (const Error& error) {
      errors.push_back(error);
    }
  };
  const auto add_file = [&](const std::filesystem::path& file) {
    for (Experiment& experiment : experiments_of(file, overrides)) {
      const auto [there, fresh] = names.emplace(experiment.name, file.string());
      if (!fresh)
        throw spec_error(ErrorKind::kSpec, file.string() + ": /name: \"" + experiment.name +
                                               "\" is the name of an experiment of " + there->second +
                                               ", too; each needs a run folder of its own");
      all.push_back(std::move(experiment));
    }
  };
  const auto add_path = [&](const std::filesystem::path& path) {
    for (const std::filesystem::path& file : spec_files(path)) collecting(add_file, file);
  };
  for (const std::filesystem::path& path : paths) collecting(add_path, path);
  if (!errors.empty()) throw together(errors);
  return all;
}

Experiment experiment_of_text(const std::string& text, const std::string& source) {
  return read_experiment({parse_json_text(text, source), {}}, "model");
}

}  // namespace genretrack

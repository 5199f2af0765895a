#include "host/spec/read_experiment.h"

#include <algorithm>
#include <set>

#include "host/core/files.h"
#include "host/spec/nearest_name.h"
#include "host/spec/overrides.h"
#include "host/spec/spec_reader.h"

namespace genretrack {
namespace {

using nlohmann::json;

constexpr std::size_t kMostExperiments = 1000;  // of one sweep

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

SpecSource read_source(const std::filesystem::path& path) {
  const std::string hint = "; name an experiment file or a folder of them";
  std::error_code problem;
  if (std::filesystem::exists(path, problem) && !std::filesystem::is_regular_file(path, problem))
    throw spec_error(ErrorKind::kSpec, path.string() + ": is a directory, a pipe or a device" + hint);
  // Before reading: the file may be a feature cache of gigabytes.
  const std::uintmax_t size = std::filesystem::file_size(path, problem);
  if (!problem && size > kLongestJsonText) throw too_long(path.string());
  std::string text;
  try {
    text = read_file(path);
  } catch (const Error& error) {
    throw spec_error(ErrorKind::kSpec, error.what() + hint);
  }
  return {parse_json_text(text, path.string()), {}};
}

bool is_sweep(const json& value) {
  return value.is_object() && (value.contains("base") || value.contains("grid"));
}

// "learning_rate=0.001" for a plain value, "branches=2" for the second of what cannot be part of a file's
// name.
std::string point_name(const std::string& pointer, const json& value, std::size_t index) {
  std::string text = value.is_string() ? value.get<std::string>() : value.dump();
  if (value.is_structured() || text.size() > 40 || !why_not_a_file_name(text).empty())
    text = std::to_string(index + 1);
  return pointer.substr(pointer.rfind('/') + 1) + "=" + text;
}

std::string grid_place(const std::string& pointer) {
  json::json_pointer at("/grid");
  at.push_back(pointer);
  return at.to_string();
}

struct Sweep {
  SpecSource file;
  std::filesystem::path base;
  std::vector<std::pair<std::string, json>> axes;  // pointer and its values
};

Sweep read_sweep(SpecSource file, const std::filesystem::path& path) {
  const json& value = file.text.value;
  const std::vector<std::string> allowed = {"$schema", "base", "grid"};
  for (const auto& [key, _] : value.items())
    if (std::find(allowed.begin(), allowed.end(), key) == allowed.end()) {
      json::json_pointer at;
      at.push_back(key);
      file.refuse(at.to_string(), "unknown key of a sweep" + suggestion(key, allowed));
    }
  if (!value.contains("base") || !value.at("base").is_string())
    file.refuse("/base", "a sweep needs \"base\", the experiment file that it varies");
  if (!value.contains("grid") || !value.at("grid").is_object() || value.at("grid").empty())
    file.refuse("/grid", "a sweep needs \"grid\", an object of JSON pointers and lists of values");
  Sweep sweep{file, path.parent_path() / value.at("base").get<std::string>(), {}};
  std::size_t count = 1;
  for (const auto& [pointer, values] : value.at("grid").items()) {
    if (!values.is_array() || values.empty()) file.refuse(grid_place(pointer), "expected a list of values");
    count *= values.size();
    if (count > kMostExperiments)
      file.refuse("/grid", "makes more than " + std::to_string(kMostExperiments) + " experiments");
    sweep.axes.emplace_back(pointer, values);
  }
  return sweep;
}

// Every combination, the last axis fastest; axes in the order of their pointers.
std::vector<Experiment> expand(const Sweep& sweep, const std::vector<Override>& overrides) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(sweep.base, ignored))
    sweep.file.refuse("/base", sweep.base.string() + " is not there, or is no file");
  SpecSource base = read_source(sweep.base);
  if (is_sweep(base.text.value)) sweep.file.refuse("/base", "is a sweep itself; name an experiment file");
  for (const Override& change : overrides) {
    for (const auto& [pointer, values] : sweep.axes)
      if (pointer == change.pointer || pointer.starts_with(change.pointer + "/"))
        throw spec_error(change.kind, change.origin + ": " + sweep.file.where(grid_place(pointer)) +
                                          " varies it; the value set here would be lost");
    apply(change, base);
  }
  const std::string name = read_experiment(base, sweep.base.stem().string()).name;
  std::vector<std::size_t> at(sweep.axes.size());
  std::vector<Experiment> experiments;
  for (bool more = true; more;) {
    SpecSource point = base;
    std::string point_text = name;
    for (std::size_t a = 0; a < at.size(); ++a) {
      const auto& [pointer, values] = sweep.axes[a];
      const std::string place = grid_place(pointer) + "/" + std::to_string(at[a]);
      apply({pointer, values[at[a]], sweep.file.where(place), ErrorKind::kSpec}, point);
      point_text += "-" + point_name(pointer, values[at[a]], at[a]);
    }
    Experiment experiment = read_experiment(point, name);
    experiment.name = point_text;
    const std::string why = why_not_a_run_name(point_text);
    if (!why.empty()) sweep.file.refuse("/grid", "\"" + point_text + "\" cannot name a run folder: " + why);
    experiments.push_back(std::move(experiment));
    more = false;
    for (std::size_t a = at.size(); a-- > 0 && !more;) {
      more = ++at[a] < sweep.axes[a].second.size();
      if (!more) at[a] = 0;
    }
  }
  return experiments;
}

// What one file stands for.
std::vector<Experiment> experiments_of(const std::filesystem::path& file,
                                       const std::vector<Override>& overrides) {
  SpecSource source = read_source(file);
  if (is_sweep(source.text.value)) return expand(read_sweep(std::move(source), file), overrides);
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

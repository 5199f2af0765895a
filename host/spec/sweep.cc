#include "host/spec/sweep.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "host/core/files.h"
#include "host/core/random.h"
#include "host/spec/nearest_name.h"

namespace genretrack {
namespace {

using nlohmann::json;

// "learning_rate=0.001" for a plain value, "branches=2" for the second of what cannot be part of a file's
// name.
std::string point_name(const std::string& pointer, const json& value, std::size_t index) {
  std::string text = value.is_string() ? value.get<std::string>() : value.dump();
  if (value.is_structured() || text.size() > 40 || !why_not_a_file_name(text).empty())
    text = std::to_string(index + 1);
  return pointer.substr(pointer.rfind('/') + 1) + "=" + text;
}

std::string place_of(const char* object, const std::string& pointer) {
  json::json_pointer at(object);
  at.push_back(pointer);
  return at.to_string();
}

// One value of one axis, as an experiment gets it.
struct Setting {
  std::string pointer;
  json value;
  std::string place;  // in the sweep's file
};
struct Point {
  std::string name;  // behind the base's: "learning_rate=0.001", "draw-007"
  std::vector<Setting> settings;
};

std::vector<Point> grid_points(const SpecSource& file) {
  const json& grid = file.text.value.at("grid");
  if (!grid.is_object() || grid.empty())
    file.refuse("/grid", "a sweep needs \"grid\", an object of JSON pointers and lists of values");
  std::vector<std::pair<std::string, json>> axes;
  std::size_t count = 1;
  for (const auto& [pointer, values] : grid.items()) {
    if (!values.is_array() || values.empty())
      file.refuse(place_of("/grid", pointer), "expected a list of values");
    count *= values.size();
    if (count > kMostExperiments)
      file.refuse("/grid", "makes more than " + std::to_string(kMostExperiments) + " experiments");
    axes.emplace_back(pointer, values);
  }
  std::vector<Point> points(count);
  for (std::size_t i = 0; i < count; ++i) {
    std::size_t rest = i, block = count;
    for (const auto& [pointer, values] : axes) {
      block /= values.size();
      const std::size_t index = rest / block;
      rest %= block;
      points[i].name += (points[i].name.empty() ? "" : "-") + point_name(pointer, values[index], index);
      points[i].settings.push_back(
          {pointer, values[index], place_of("/grid", pointer) + "/" + std::to_string(index)});
    }
  }
  return points;
}

// One axis of random draws, checked.
class Axis {
 public:
  Axis(const SpecSource& file, const std::string& pointer, const json& value)
      : pointer_(pointer), place_(place_of("/random", pointer)) {
    static const std::vector<std::string> kinds = {"uniform", "log_uniform", "integer", "choice"};
    if (!value.is_object() || value.size() != 1)
      file.refuse(place_,
                  "expected one of {\"uniform\": [low, high]}, {\"log_uniform\": [low, high]}, "
                  "{\"integer\": [low, high]}, {\"choice\": [values]}");
    kind_ = value.begin().key();
    arguments_ = value.begin().value();
    const std::string at = place_ + "/" + kind_;
    if (std::find(kinds.begin(), kinds.end(), kind_) == kinds.end())
      file.refuse(at, "unknown distribution" + suggestion(kind_, kinds));
    if (!arguments_.is_array() || arguments_.empty()) file.refuse(at, "expected a list");
    if (kind_ != "choice") check_range(file, at);
  }

  Setting draw(Random& random) const {
    if (kind_ == "choice") {
      const std::uint32_t index = random.below(static_cast<std::uint32_t>(arguments_.size()));
      return {pointer_, arguments_[index], place_ + "/choice/" + std::to_string(index)};
    }
    const double low = arguments_[0].get<double>(), high = arguments_[1].get<double>(), u = random.uniform();
    if (kind_ == "integer") {
      const double drawn = low + std::floor(u * (high - low + 1));
      return {pointer_, static_cast<std::int64_t>(std::min(drawn, high)), place_};
    }
    const double value = kind_ == "uniform" ? low + u * (high - low)
                                            : std::exp(std::log(low) + u * (std::log(high) - std::log(low)));
    return {pointer_, rounded(value), place_};
  }

 private:
  void check_range(const SpecSource& file, const std::string& at) const {
    const bool numbers = arguments_.size() == 2 && arguments_[0].is_number() && arguments_[1].is_number();
    if (!numbers) file.refuse(at, "expected two numbers, the lowest and the highest");
    const double low = arguments_[0].get<double>(), high = arguments_[1].get<double>();
    if (!(low < high)) file.refuse(at, "the first number must be below the second");
    if (kind_ == "log_uniform" && low <= 0) file.refuse(at, "a logarithm needs numbers above 0");
    constexpr double kMost = 9007199254740991.0;
    if (kind_ == "integer" && (low != std::floor(low) || high != std::floor(high) || std::abs(low) > kMost ||
                               std::abs(high) > kMost))
      file.refuse(at, "expected whole numbers");
  }
  // Four digits are as many as a person wants to read, or a second run to type.
  static double rounded(double value) {
    if (value == 0) return 0;
    const double unit = std::pow(10.0, 3 - std::floor(std::log10(std::abs(value))));
    return std::round(value * unit) / unit;
  }

  std::string pointer_, place_, kind_;
  json arguments_;
};

std::uint64_t whole_number(const SpecSource& file, const char* key, std::uint64_t preset, double most) {
  const json& value = file.text.value;
  if (!value.contains(key)) return preset;
  const json& number = value.at(key);
  if (!number.is_number_unsigned() || number.get<double>() > most)
    file.refuse(std::string("/") + key, "expected a whole number from 0 to " + limit_text(most));
  return number.get<std::uint64_t>();
}

std::vector<Point> random_points(const SpecSource& file) {
  const json& random = file.text.value.at("random");
  if (!random.is_object() || random.empty())
    file.refuse("/random", "expected an object of JSON pointers and distributions");
  std::vector<Axis> axes;
  for (const auto& [pointer, value] : random.items()) axes.emplace_back(file, pointer, value);
  const std::uint64_t draws = whole_number(file, "draws", 20, kMostExperiments);
  const std::uint64_t seed = whole_number(file, "seed", 1, 9007199254740991.0);
  if (draws == 0) file.refuse("/draws", "expected one draw at least");
  std::vector<Point> points;
  for (std::uint64_t i = 0; i < draws; ++i) {
    Random numbers(seed, Purpose::kSweep, i);
    std::string number = std::to_string(i + 1);
    Point point{"draw-" + std::string(number.size() < 3 ? 3 - number.size() : 0, '0') + number, {}};
    for (const Axis& axis : axes) point.settings.push_back(axis.draw(numbers));
    points.push_back(std::move(point));
  }
  return points;
}

std::vector<Point> points_of(const SpecSource& file) {
  const json& value = file.text.value;
  const std::vector<std::string> allowed = {"$schema", "base", "grid", "random", "draws", "seed"};
  for (const auto& [key, _] : value.items())
    if (std::find(allowed.begin(), allowed.end(), key) == allowed.end()) {
      json::json_pointer at;
      at.push_back(key);
      file.refuse(at.to_string(), "unknown key of a sweep" + suggestion(key, allowed));
    }
  if (!value.contains("base") || !value.at("base").is_string())
    file.refuse("/base", "a sweep needs \"base\", the experiment file that it varies");
  const bool grid = value.contains("grid"), random = value.contains("random");
  if (!grid && !random)
    file.refuse("/grid",
                "a sweep needs \"grid\", an object of JSON pointers and lists of values, or "
                "\"random\", one of JSON pointers and distributions");
  if (grid && random) file.refuse("/random", "a sweep has a grid or random draws, not both");
  for (const char* key : {"draws", "seed"})
    if (grid && value.contains(key))
      file.refuse(std::string("/") + key, "has a meaning for random draws only");
  return grid ? grid_points(file) : random_points(file);
}

// The base with the overrides applied, none of which may set what varies.
SpecSource read_base(const SpecSource& file, const std::filesystem::path& path,
                     const std::vector<Override>& overrides) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored))
    file.refuse("/base", path.string() + " is not there, or is no file");
  SpecSource base = read_source(path);
  if (is_sweep(base.text.value)) file.refuse("/base", "is a sweep itself; name an experiment file");
  const char* object = file.text.value.contains("grid") ? "/grid" : "/random";
  for (const Override& change : overrides) {
    for (const auto& [pointer, values] : file.text.value.at(object + 1).items())
      if (pointer == change.pointer || pointer.starts_with(change.pointer + "/"))
        throw spec_error(change.kind, change.origin + ": " + file.where(place_of(object, pointer)) +
                                          " varies it; the value set here would be lost");
    apply(change, base);
  }
  return base;
}

}  // namespace

bool is_sweep(const json& value) {
  return value.is_object() && (value.contains("base") || value.contains("grid") || value.contains("random"));
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

std::vector<Experiment> expand_sweep(const SpecSource& file, const std::filesystem::path& path,
                                     const std::vector<Override>& overrides) {
  const std::vector<Point> points = points_of(file);
  const std::filesystem::path base_path = path.parent_path() / file.text.value.at("base").get<std::string>();
  const SpecSource base = read_base(file, base_path, overrides);
  const std::string name = read_experiment(base, base_path.stem().string()).name;
  std::vector<Experiment> experiments;
  for (const Point& point : points) {
    SpecSource source = base;
    SweepPoint where{path.stem().string(), {}};
    for (const Setting& setting : point.settings) {
      apply({setting.pointer, setting.value, file.where(setting.place), ErrorKind::kSpec}, source);
      where.varied.emplace_back(setting.pointer, setting.value.dump());
    }
    Experiment experiment = read_experiment(source, name);
    experiment.name = name + "-" + point.name;
    const std::string why = why_not_a_run_name(experiment.name);
    if (!why.empty())
      file.refuse(file.text.value.contains("grid") ? "/grid" : "/random",
                  "\"" + experiment.name + "\" cannot name a run folder: " + why);
    experiment.point = std::move(where);
    experiments.push_back(std::move(experiment));
  }
  return experiments;
}

}  // namespace genretrack

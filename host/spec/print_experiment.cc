// The visitor that writes a resolved experiment.
#include <nlohmann/json.hpp>

#include "host/spec/fields.h"
#include "host/spec/read_experiment.h"

namespace genretrack {
namespace {

using Json = nlohmann::ordered_json;

class Printer {
  static Json json_of(MapSize size) {
    if (size.height == size.width) return size.width;
    return Json::array({size.height, size.width});
  }

 public:
  Json object_ = Json::object();

  void text(const char* key, const std::string& value, const char*, bool = false, Applies applies = {}) {
    if (applies.here && !value.empty()) object_[key] = value;
  }
  void texts(const char* key, const std::vector<std::string>& value, ListLimits, const char*,
             Applies applies = {}) {
    if (applies.here && !value.empty()) object_[key] = value;
  }
  void boolean(const char* key, bool value, const char*, Applies applies = {}) {
    if (applies.here) object_[key] = value;
  }
  void number(const char* key, double value, Limits, const char*, Applies applies = {}) {
    if (applies.here) object_[key] = value;
  }
  template <class Integer>
  void integer(const char* key, Integer value, Limits, const char*, Applies applies = {}) {
    if (applies.here) object_[key] = value;
  }
  void integers(const char* key, const std::vector<int>& value, ListLimits, Limits, const char*,
                Applies applies) {
    if (applies.here) object_[key] = value;
  }
  void size(const char* key, MapSize value, Limits, const char*, Applies applies) {
    if (applies.here) object_[key] = json_of(value);
  }
  void sizes(const char* key, const std::vector<MapSize>& values, Limits, const char*, Applies applies) {
    if (!applies.here || values.empty()) return;
    object_[key] = Json::array();
    for (const MapSize value : values) object_[key].push_back(json_of(value));
  }
  void seeds(const char* key, const std::vector<std::uint64_t>& value, ListLimits, const char*) {
    object_[key] = value;
  }
  void ignored(const char*, const char*) {}
  void later(const char*, const char*) {}
  void only(const char* key, const char* name, const std::vector<std::string>&, const char*) {
    object_[key] = name;
  }
  template <class E>
  void choice(const char* key, E value, const char*, Applies applies = {}, bool = false) {
    if (applies.here) object_[key] = choice_name(value);
  }
  template <class Declare>
  void object(const char* key, const char*, const Declare& fields, bool = false, Applies applies = {}) {
    if (!applies.here) return;
    Printer inner;
    fields(inner);
    if (!inner.object_.empty()) object_[key] = std::move(inner.object_);
  }
  template <class Declare>
  void named_object(const char* key, const char*, const char* meaning, const Declare& fields) {
    object(key, meaning, fields);
  }
  template <class T, class Declare>
  void objects(const char* key, std::vector<T>& values, ListLimits, const char*, const Declare& fields) {
    object_[key] = Json::array();
    for (T& value : values) {
      Printer inner;
      fields(inner, value);
      object_[key].push_back(std::move(inner.object_));
    }
  }
};

}  // namespace

Json to_json(const Experiment& experiment) {
  Experiment copy = experiment;  // declare() takes what a reader could fill
  Printer printer;
  declare(printer, copy);
  return std::move(printer.object_);
}

}  // namespace genretrack

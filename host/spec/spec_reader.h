// The visitor that fills an experiment from JSON and refuses what does not belong there.
#pragma once

#include <cmath>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "host/core/utf8.h"
#include "host/spec/fields.h"
#include "host/spec/json_text.h"
#include "host/spec/messages.h"

namespace genretrack {

// What is being read, and which places were set from outside.
struct SpecSource {
  JsonText text;
  struct Origin {
    std::string text;   // "--set /training/epochs=40", or the place in a sweep's grid
    ErrorKind kind;     // of errors in what it set
    bool whole = true;  // false: an object made on the way to what it set
  };
  std::map<std::string, Origin> overridden;  // by pointer

  // Throws Error(kSpec), or the origin's kind where an override set the pointer or one of the other fields
  // that take part in the check; the overrides and the place in front.
  [[noreturn]] void refuse(const std::string& pointer, const std::string& what,
                           const std::vector<std::string>& others = {}) const;
  // Throws Error(kUnsupported) with the same in front.
  [[noreturn]] void refuse_later(const std::string& pointer, const std::string& what,
                                 const std::vector<std::string>& others = {}) const;
  std::string where(const std::string& pointer, const std::vector<std::string>& others = {}) const;

 private:
  const Origin* override_at(const std::string& pointer) const;
};

// "from 1 to 100000", "above 0 and below 1"; empty for no limits.
std::string range_text(Limits limits);

class SpecReader {
 public:
  SpecReader(const SpecSource& source, std::string pointer, const nlohmann::json& object);

  void text(const char* key, std::string& value, const char*, bool required = false, Applies applies = {});
  void texts(const char* key, std::vector<std::string>& value, ListLimits list, const char*,
             Applies applies = {});
  void boolean(const char* key, bool& value, const char*, Applies applies = {});
  void number(const char* key, double& value, Limits limits, const char*, Applies applies = {});
  void integers(const char* key, std::vector<int>& value, ListLimits list, Limits limits, const char*,
                Applies applies);
  // A number, which stands for both sides, or [rows, frames].
  void size(const char* key, MapSize& value, Limits limits, const char*, Applies applies);
  void sizes(const char* key, std::vector<MapSize>& value, Limits limits, const char*, Applies applies);
  void seeds(const char* key, std::vector<std::uint64_t>& value, ListLimits list, const char*);
  void ignored(const char* key, const char*) {
    if (const nlohmann::json* found = find(key, {}))
      check_type(pointer_of(key), *found, found->is_string(), "a text");
  }
  void later(const char* key, const char*);
  void only(const char* key, const char* name, std::vector<std::string> not_yet, const char*);
  void finish();  // behind the last field: refuses keys that no field has

  template <class Integer>
  void integer(const char* key, Integer& value, Limits limits, const char*, Applies applies = {}) {
    if (const nlohmann::json* found = find(key, applies))
      value = static_cast<Integer>(checked_integer(pointer_of(key), *found, limits));
  }

  template <class E>
  void choice(const char* key, E& value, const char*, Applies applies = {}, bool required = false) {
    const nlohmann::json* found = find(key, applies, required);
    if (found == nullptr) return;
    std::vector<std::string> names, available;
    for (const Choice<E>& choice : kChoices<E>) {
      names.emplace_back(choice.name);
      if (choice.available) available.emplace_back(choice.name);
    }
    value = kChoices<E>[chosen(pointer_of(key), *found, names, available)].value;
  }

  template <class Declare>
  void object(const char* key, const char*, const Declare& fields, bool required = false,
              Applies applies = {}) {
    if (const nlohmann::json* found = find(key, applies, required))
      read_object(pointer_of(key), *found, fields);
  }

  template <class Declare>
  void named_object(const char* key, const char* name_key, const char*, const Declare& fields) {
    const nlohmann::json* found = find(key, {});
    if (found == nullptr) return;
    if (found->is_string()) {
      const nlohmann::json named = {{name_key, *found}};
      read_object(pointer_of(key), named, fields);
    } else {
      check_type(pointer_of(key), *found, found->is_object(), "a name or an object");
      read_object(pointer_of(key), *found, fields);
    }
  }

  template <class T, class Declare>
  void objects(const char* key, std::vector<T>& values, ListLimits list, const char*, const Declare& fields) {
    const nlohmann::json* found = find(key, {}, true);
    check_list(pointer_of(key), *found, list);
    values.assign(found->size(), T{});
    for (std::size_t i = 0; i < values.size(); ++i)
      read_object(pointer_of(key) + "/" + std::to_string(i), (*found)[i],
                  [&](auto& reader) { fields(reader, values[i]); });
  }

 private:
  template <class Declare>
  void read_object(const std::string& pointer, const nlohmann::json& value, const Declare& fields) {
    SpecReader inner(source_, pointer, value);
    fields(inner);
    inner.finish();
  }
  std::string pointer_of(const std::string& key) const { return pointer_ + "/" + key; }
  const nlohmann::json* find(const char* key, Applies applies, bool required = false);
  std::size_t chosen(const std::string& pointer, const nlohmann::json& value,
                     const std::vector<std::string>& names, const std::vector<std::string>& available) const;
  void check_type(const std::string& pointer, const nlohmann::json& value, bool right,
                  const char* wanted) const;
  void check_list(const std::string& pointer, const nlohmann::json& value, ListLimits list) const;
  void check_limits(const std::string& pointer, const nlohmann::json& value, Limits limits,
                    const char* wanted) const;
  MapSize checked_size(const std::string& pointer, const nlohmann::json& value, Limits limits) const;
  double checked_integer(const std::string& pointer, const nlohmann::json& value, Limits limits) const;

  const SpecSource& source_;
  std::string pointer_;
  const nlohmann::json& object_;
  std::vector<std::string> known_;
};

// An experiment from an object that declare() describes, with cross-checks (check_experiment.cc).
Experiment read_experiment(const SpecSource& source, const std::string& default_name);

// Why a run folder cannot have the name, or an empty string for a good one.
std::string why_not_a_run_name(const std::string& name);

// What single fields cannot say: throws as SpecSource::refuse does. Fills defaults that depend on others.
void check_experiment(const SpecSource& source, Experiment& experiment);

}  // namespace genretrack

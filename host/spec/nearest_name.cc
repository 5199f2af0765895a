#include "host/spec/nearest_name.h"

#include <algorithm>
#include <numeric>

namespace genretrack {
namespace {

std::size_t edits(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string nearest_name(std::string_view name, const std::vector<std::string>& allowed) {
  if (name.size() > 100) return {};
  std::string nearest;
  std::size_t least = 0;
  for (const std::string& candidate : allowed) {
    const std::size_t distance = edits(name, candidate);
    if (distance > std::max<std::size_t>(1, candidate.size() / 3)) continue;
    if (nearest.empty() || distance < least) {
      nearest = candidate;
      least = distance;
    }
  }
  return nearest;
}

std::string suggestion(std::string_view name, const std::vector<std::string>& allowed) {
  std::string text;
  const std::string nearest = nearest_name(name, allowed);
  if (!nearest.empty()) text += "; did you mean \"" + nearest + "\"?";
  text += nearest.empty() ? "; allowed: " : " Allowed: ";
  for (std::size_t i = 0; i < allowed.size(); ++i) text += (i ? ", " : "") + allowed[i];
  return text;
}

}  // namespace genretrack

// What the errors of experiment files have in common: they are one line each, short, and safe to print.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "host/core/error.h"

namespace genretrack {

// An error whose message shows control characters as JSON does ("\u001b"): keys and names of files may hold
// them, a terminal would obey them, and a zero would end the message.
Error spec_error(ErrorKind kind, const std::string& message);

// The text, or as much of its beginning as fits into `most` bytes with "..." behind it.
std::string shortened(std::string text, std::size_t most);

// A value as JSON, short enough for a message.
std::string short_text(const nlohmann::json& value);

// "1", "0.001", "100000": a number as people write it.
std::string limit_text(double value);

}  // namespace genretrack

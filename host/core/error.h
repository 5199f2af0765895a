// The one exception type. Its kind is the program's exit code (docs: interface), its message says what was
// wrong, where, and what to do.
#pragma once

#include <stdexcept>
#include <string>

namespace genretrack {

enum class ErrorKind : int {
  kFailure = 1,      // anything else
  kUsage = 2,        // the command line
  kSpec = 3,         // an experiment file
  kData = 4,         // recordings, data sets, caches, run folders
  kUnsupported = 5,  // this device, or this build, lacks what was asked
  kInterrupted = 6,  // state is kept; the same command resumes
};

class Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, const std::string& message) : std::runtime_error(message), kind_(kind) {}
  ErrorKind kind() const { return kind_; }
  int exit_code() const { return static_cast<int>(kind_); }

 private:
  ErrorKind kind_;
};

}  // namespace genretrack

// Progress of long work on stderr: a bar with time left on a terminal, a plain line now and then elsewhere.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace genretrack {

class Progress {
 public:
  // `what` names the work ("caching"), `unit` its items ("clips").
  Progress(std::string what, std::string unit);
  ~Progress();  // ends an unfinished bar's line
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // Draws at most ten times a second on a terminal and every ten seconds elsewhere; the last item always.
  void update(std::size_t done, std::size_t total, const std::string& detail = {});

 private:
  std::string what_, unit_;
  bool terminal_, open_ = false;
  std::chrono::steady_clock::time_point start_, drawn_;
};

// "3 s", "2 min 05 s", "1 h 12 min"
std::string duration_text(double seconds);

}  // namespace genretrack

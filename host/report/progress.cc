#include "host/report/progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace genretrack {
namespace {

using Clock = std::chrono::steady_clock;

double seconds(Clock::duration duration) { return std::chrono::duration<double>(duration).count(); }

std::size_t terminal_columns() {
  winsize size{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col;
}

// At most `columns` characters, so that a bar stays on one line and can be drawn over.
std::string shortened(const std::string& text, std::size_t columns) {
  std::size_t characters = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xc0) == 0x80) continue;
    if (characters++ == columns) return text.substr(0, i);
  }
  return text;
}

std::string two_digits(long value) { return (value < 10 ? "0" : "") + std::to_string(value); }

}  // namespace

std::string duration_text(double value) {
  if (!std::isfinite(value) || value < 0) value = 0;
  const long total = std::lround(std::min(value, 1e9));
  if (total < 60) return std::to_string(total) + " s";
  if (total < 3600) return std::to_string(total / 60) + " min " + two_digits(total % 60) + " s";
  const long minutes = std::lround(static_cast<double>(total) / 60);
  return std::to_string(minutes / 60) + " h " + two_digits(minutes % 60) + " min";
}

Progress::Progress(std::string what, std::string unit)
    : what_(std::move(what)),
      unit_(std::move(unit)),
      terminal_(isatty(STDERR_FILENO) == 1),
      start_(Clock::now()),
      drawn_(start_) {}

Progress::~Progress() {
  if (open_) std::fputc('\n', stderr);
}

void Progress::update(std::size_t done, std::size_t total, const std::string& detail) {
  const Clock::time_point now = Clock::now();
  const bool last = done >= total;
  // On a terminal the first call draws at once; elsewhere short work writes nothing but its last line.
  const bool due = seconds(now - drawn_) >= (terminal_ ? 0.1 : 10.0) || (terminal_ && !open_);
  if (!last && !due) return;
  drawn_ = now;

  std::string text = what_ + ' ';
  if (terminal_) {
    constexpr std::size_t kCells = 20;
    const std::size_t full = total == 0 ? kCells : std::min(kCells, done * kCells / total);
    text += '[' + std::string(full, '#') + std::string(kCells - full, '.') + "] ";
  }
  text += std::to_string(done) + '/' + std::to_string(total) + ' ' + unit_;
  const double elapsed = seconds(now - start_);
  if (last) {
    text += " in " + duration_text(elapsed);
  } else if (done > 0) {
    text += ", " + duration_text(elapsed * static_cast<double>(total - done) / static_cast<double>(done)) +
            " left";
  }
  if (!detail.empty()) text += " · " + detail;

  if (terminal_) {
    std::fprintf(stderr, "\r%s\x1b[K", shortened(text, terminal_columns() - 1).c_str());
    if (last) std::fputc('\n', stderr);
    open_ = !last;
  } else {
    std::fprintf(stderr, "%s\n", text.c_str());
  }
  std::fflush(stderr);
}

}  // namespace genretrack

// A lock between programs, as a file that stays where it is.
#pragma once

#include <filesystem>
#include <functional>

namespace genretrack {

class FileLock {
 public:
  // Waits until no other program holds it; `waiting` is called once before that. Where the file cannot be
  // made there is no lock: whoever writes there says what is wrong. Throws Error(kInterrupted).
  explicit FileLock(const std::filesystem::path& path, const std::function<void()>& waiting = {});
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  int descriptor_ = -1;
};

}  // namespace genretrack

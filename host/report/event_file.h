// TensorBoard's event files: records of protocol buffers, each between checksums of its length and of itself.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace genretrack {

// CRC-32C (Castagnoli).
std::uint32_t crc32c(std::string_view bytes);

class EventFile {
 public:
  EventFile();  // begins with the record that names the format

  // Scalars of one step. `wall_time` is in seconds since 1970, or since a training began where no more is
  // known.
  void add_scalars(std::int64_t step, double wall_time,
                   const std::vector<std::pair<std::string, double>>& scalars);

  const std::string& bytes() const { return bytes_; }

 private:
  void add_record(const std::string& event);
  std::string bytes_;
};

}  // namespace genretrack

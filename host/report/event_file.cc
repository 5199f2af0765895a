#include "host/report/event_file.h"

#include <boost/crc.hpp>
#include <protozero/pbf_writer.hpp>

namespace genretrack {
namespace {

// Numbers of fields in tensorflow/core/util/event.proto and tensorflow/core/framework/summary.proto.
enum EventField : std::uint32_t { kWallTime = 1, kStep = 2, kFileVersion = 3, kSummary = 5 };
enum SummaryField : std::uint32_t { kValue = 1 };
enum ValueField : std::uint32_t { kTag = 1, kSimpleValue = 2 };

void append_little_endian(std::string& bytes, std::uint64_t value, int count) {
  for (int i = 0; i < count; ++i) bytes += static_cast<char>(value >> (8 * i));
}

// Checksums are stored turned and shifted, so that a checksum of data that hold checksums stays one.
std::uint32_t masked(std::uint32_t crc) { return (crc >> 15 | crc << 17) + 0xa282ead8u; }

}  // namespace

std::uint32_t crc32c(std::string_view bytes) {
  boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true> crc;
  crc.process_bytes(bytes.data(), bytes.size());
  return crc.checksum();
}

EventFile::EventFile() {
  std::string event;
  protozero::pbf_writer writer(event);
  writer.add_double(kWallTime, 0);
  writer.add_string(kFileVersion, "brain.Event:2");
  add_record(event);
}

void EventFile::add_scalars(std::int64_t step, double wall_time,
                            const std::vector<std::pair<std::string, double>>& scalars) {
  std::string event;
  protozero::pbf_writer writer(event);
  writer.add_double(kWallTime, wall_time);
  writer.add_int64(kStep, step);
  {
    protozero::pbf_writer summary(writer, kSummary);
    for (const auto& [tag, value] : scalars) {
      protozero::pbf_writer one(summary, kValue);
      one.add_string(kTag, tag);
      one.add_float(kSimpleValue, static_cast<float>(value));
    }
  }
  add_record(event);
}

void EventFile::add_record(const std::string& event) {
  std::string length;
  append_little_endian(length, event.size(), 8);
  bytes_ += length;
  append_little_endian(bytes_, masked(crc32c(length)), 4);
  bytes_ += event;
  append_little_endian(bytes_, masked(crc32c(event)), 4);
}

}  // namespace genretrack

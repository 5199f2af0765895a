#include "host/report/event_file.h"

#include <gtest/gtest.h>

namespace genretrack {
namespace {

std::uint64_t little_endian(const std::string& bytes, std::size_t at, std::size_t count) {
  std::uint64_t value = 0;
  for (std::size_t i = count; i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

TEST(EventFile, ChecksumIsThatOfTheStandard) {
  EXPECT_EQ(crc32c("123456789"), 0xe3069283u);            // the check value of CRC-32C
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8a9136aau);  // RFC 3720, B.4
}

TEST(EventFile, RecordsFollowOneAnotherToTheEnd) {
  EventFile events;
  events.add_scalars(3, 1.5, {{"loss", 0.25}});
  const std::string& bytes = events.bytes();
  std::size_t at = 0, records = 0;
  for (; at < bytes.size(); ++records) at += 16 + little_endian(bytes, at, 8);
  EXPECT_EQ(at, bytes.size());
  EXPECT_EQ(records, 2u);
  EXPECT_NE(bytes.find("brain.Event:2"), std::string::npos);
  // Field 2 of type float: 0.25.
  EXPECT_NE(bytes.find(std::string("\x0a\x04loss\x15\x00\x00\x80\x3e", 11)), std::string::npos);
}

}  // namespace
}  // namespace genretrack

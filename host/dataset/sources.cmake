# The facts about GTZAN become part of the library, so that an installed program needs no data folder.
set(gtzan_csv ${PROJECT_SOURCE_DIR}/data/gtzan.csv)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${gtzan_csv})
file(READ ${gtzan_csv} gtzan_text)
string(LENGTH "${gtzan_text}" gtzan_length)
if(gtzan_length GREATER 65500)
  message(FATAL_ERROR "data/gtzan.csv no longer fits one string literal, which compilers keep below 65,536 bytes")
endif()
file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/gtzan_csv.cc @ONLY CONTENT [[
// Generated from data/gtzan.csv.
#include <string_view>

namespace genretrack {
extern const std::string_view kGtzanCsv;
const std::string_view kGtzanCsv = R"csv(@gtzan_text@)csv";
}  // namespace genretrack
]])
target_sources(genretrack_dataset PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/gtzan_csv.cc)

# Fuzzers, built with Clang on request:
#   cmake -S . -B build/fuzz -DCMAKE_CXX_COMPILER=clang++-16 -DGENRETRACK_FUZZ=ON
#   build/fuzz/tests/spec_fuzz -max_total_time=120 -dict=tests/fuzz/spec.dict CORPUS
option(GENRETRACK_FUZZ "Build the fuzzers (Clang)" OFF)
if(NOT GENRETRACK_FUZZ)
  return()
endif()
if(NOT CMAKE_CXX_COMPILER_ID STREQUAL Clang)
  message(FATAL_ERROR "GENRETRACK_FUZZ needs Clang: configure with -DCMAKE_CXX_COMPILER=clang++-16")
endif()
# The sources are compiled again, so that the fuzzer sees every branch of them.
file(GLOB spec_fuzz_sources ${PROJECT_SOURCE_DIR}/host/spec/*.cc)
add_executable(spec_fuzz ${CMAKE_CURRENT_LIST_DIR}/spec_fuzz.cc ${spec_fuzz_sources})
target_link_libraries(spec_fuzz PRIVATE genretrack_dsp genretrack_dataset nlohmann_json::nlohmann_json)
target_compile_options(spec_fuzz PRIVATE -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all)
target_link_options(spec_fuzz PRIVATE -fsanitize=fuzzer,address,undefined)

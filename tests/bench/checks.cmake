# Benchmarks, where google-benchmark is there; not part of `all`: ninja features_bench
find_package(benchmark QUIET)
if(benchmark_FOUND)
  add_executable(features_bench EXCLUDE_FROM_ALL ${CMAKE_CURRENT_LIST_DIR}/features_bench.cc)
  target_link_libraries(features_bench PRIVATE genretrack_cpu benchmark::benchmark)
endif()

# Four transforms from samples in memory, one JSON line, for tests/bench/peers: ninja memory_bench
add_executable(memory_bench EXCLUDE_FROM_ALL ${CMAKE_CURRENT_LIST_DIR}/memory_bench.cc)
target_link_libraries(memory_bench PRIVATE genretrack_cpu)

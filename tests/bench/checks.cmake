# Benchmarks, where google-benchmark is there; not part of `all`: ninja features_bench
find_package(benchmark QUIET)
if(benchmark_FOUND)
  add_executable(features_bench EXCLUDE_FROM_ALL ${CMAKE_CURRENT_LIST_DIR}/features_bench.cc)
  target_link_libraries(features_bench PRIVATE genretrack_cpu benchmark::benchmark)
endif()

# Both give one JSON line for tests/bench/peers: ninja memory_bench cache_read_bench
# Four transforms from samples in memory.
add_executable(memory_bench EXCLUDE_FROM_ALL ${CMAKE_CURRENT_LIST_DIR}/memory_bench.cc)
target_link_libraries(memory_bench PRIVATE genretrack_cpu)
# Reading a cache, by us and by H5Dread.
add_executable(cache_read_bench EXCLUDE_FROM_ALL ${CMAKE_CURRENT_LIST_DIR}/cache_read_bench.cc)
target_link_libraries(cache_read_bench PRIVATE genretrack_cache)

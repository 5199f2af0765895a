# The networks again where oneDNN may use only older instruction sets: other layouts, other primitives.
foreach(isa AVX2 SSE41)
  add_test(NAME cpu.networks_${isa} COMMAND cpu_test --gtest_filter=*Network*:*Norm*)
  set_tests_properties(cpu.networks_${isa} PROPERTIES LABELS quick
                       ENVIRONMENT "DNNL_MAX_CPU_ISA=${isa};OMP_WAIT_POLICY=passive")
endforeach()

add_executable(nn_step_bench EXCLUDE_FROM_ALL ${CMAKE_CURRENT_SOURCE_DIR}/bench/nn_bench/step_bench.cc)
target_link_libraries(nn_step_bench PRIVATE genretrack_cpu)

# Many random parameters and ten minutes of music against the naive references: minutes, not seconds.
add_executable(slow_clips ${CMAKE_CURRENT_SOURCE_DIR}/cpu/features/slow_clips.cc ${CMAKE_CURRENT_SOURCE_DIR}/cpu/features/backends.cc)
target_link_libraries(slow_clips PRIVATE genretrack_cpu GTest::gtest_main)
gtest_discover_tests(slow_clips TEST_PREFIX "cpu." DISCOVERY_TIMEOUT 60 PROPERTIES LABELS slow TIMEOUT 900)

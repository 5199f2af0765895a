# Against values that librosa and torchaudio gave (make_golden.py).
add_executable(golden_test ${CMAKE_CURRENT_LIST_DIR}/golden_test.cc ${PROJECT_SOURCE_DIR}/tests/cpu/features/backends.cc)
target_link_libraries(golden_test PRIVATE genretrack_cpu GTest::gtest_main)
target_compile_definitions(golden_test PRIVATE GENRETRACK_GOLDEN="${CMAKE_CURRENT_LIST_DIR}")
gtest_discover_tests(golden_test TEST_PREFIX "golden." DISCOVERY_TIMEOUT 60 PROPERTIES LABELS quick)

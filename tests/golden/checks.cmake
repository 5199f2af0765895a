# Against values that librosa and torchaudio gave (make_golden.py).
add_executable(golden_test ${CMAKE_CURRENT_LIST_DIR}/golden_test.cc ${PROJECT_SOURCE_DIR}/tests/cpu/features/backends.cc)
target_link_libraries(golden_test PRIVATE genretrack_cpu GTest::gtest_main)
target_compile_definitions(golden_test PRIVATE GENRETRACK_GOLDEN="${CMAKE_CURRENT_LIST_DIR}")
# One process: the naive references of all cases are computed once.
add_test(NAME golden COMMAND golden_test)
set_tests_properties(golden PROPERTIES LABELS slow)

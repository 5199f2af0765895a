# Simulations of the comparison's false alarms, coverage and power: a minute, not seconds.
add_executable(analysis_simulation ${CMAKE_CURRENT_LIST_DIR}/slow_simulation.cc ${CMAKE_CURRENT_LIST_DIR}/slow_figures_simulation.cc)
target_link_libraries(analysis_simulation PRIVATE genretrack_analysis GTest::gtest_main)
gtest_discover_tests(analysis_simulation TEST_PREFIX "analysis." DISCOVERY_TIMEOUT 60 PROPERTIES LABELS slow)

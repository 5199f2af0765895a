# Simulations of false alarms, power and coverage: minutes, not seconds.
add_executable(trends_simulation ${CMAKE_CURRENT_LIST_DIR}/slow_simulation.cc)
target_link_libraries(trends_simulation PRIVATE genretrack_trends GTest::gtest_main)
gtest_discover_tests(trends_simulation TEST_PREFIX "trends." DISCOVERY_TIMEOUT 60 PROPERTIES LABELS slow)

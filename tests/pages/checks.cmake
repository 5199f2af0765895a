# Pages that the program makes, opened in a real browser.
genretrack_test(pages genretrack_cli)
add_executable(fake_runs ${CMAKE_CURRENT_LIST_DIR}/fake_runs.cc)
target_link_libraries(fake_runs PRIVATE genretrack_core nlohmann_json::nlohmann_json)

if(GENRETRACK_TEST_PYTHON)
  set(pages_python ${GENRETRACK_TEST_PYTHON})
else()
  find_package(Python3 3.9 REQUIRED COMPONENTS Interpreter)
  set(pages_python ${Python3_EXECUTABLE})
endif()
add_test(NAME pages.browser COMMAND ${pages_python} -B browser_test.py WORKING_DIRECTORY ${CMAKE_CURRENT_LIST_DIR})
set_tests_properties(pages.browser PROPERTIES LABELS pages TIMEOUT 300 SKIP_RETURN_CODE 77
  ENVIRONMENT "GENRETRACK_PROGRAM=$<TARGET_FILE:genretrack>;GENRETRACK_FAKE_RUNS=$<TARGET_FILE:fake_runs>")
add_test(NAME pages.tensorboard COMMAND ${pages_python} -B tensorboard_test.py WORKING_DIRECTORY ${CMAKE_CURRENT_LIST_DIR})
set_tests_properties(pages.tensorboard PROPERTIES LABELS pages TIMEOUT 120 SKIP_RETURN_CODE 77
  ENVIRONMENT "GENRETRACK_PROGRAM=$<TARGET_FILE:genretrack>;GENRETRACK_FAKE_RUNS=$<TARGET_FILE:fake_runs>")

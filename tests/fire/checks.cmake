# The cache under fire: a sample of each test in the whole suite (label e2e), all of it under the label `long`, which
# the test presets leave out and tests/run.sh --long runs.
find_package(Python3 3.9 REQUIRED COMPONENTS Interpreter)
file(GLOB fire_tests CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/*_test.py)
foreach(script ${fire_tests})
  get_filename_component(name ${script} NAME_WE)
  string(REGEX REPLACE "_test$" "" name ${name})
  foreach(kind fire long)
    add_test(NAME ${kind}.${name} COMMAND Python3::Interpreter -B ${script} WORKING_DIRECTORY ${CMAKE_CURRENT_LIST_DIR})
  endforeach()
  set_tests_properties(fire.${name} PROPERTIES LABELS e2e TIMEOUT 600 ENVIRONMENT "GENRETRACK_PROGRAM=$<TARGET_FILE:genretrack>")
  set_tests_properties(long.${name} PROPERTIES LABELS long TIMEOUT 7200
    ENVIRONMENT "GENRETRACK_PROGRAM=$<TARGET_FILE:genretrack>;GENRETRACK_LONG=1")
endforeach()

# End-to-end tests of the real program, each in a folder of its own.
find_package(Python3 3.9 REQUIRED COMPONENTS Interpreter)
file(GLOB program_tests CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/*_test.py)
foreach(script ${program_tests})
  get_filename_component(name ${script} NAME_WE)
  string(REGEX REPLACE "_test$" "" name ${name})
  add_test(NAME program.${name} COMMAND Python3::Interpreter -B ${script} WORKING_DIRECTORY ${CMAKE_CURRENT_LIST_DIR})
  set_tests_properties(program.${name} PROPERTIES LABELS e2e TIMEOUT 600 ENVIRONMENT "GENRETRACK_PROGRAM=$<TARGET_FILE:genretrack>")
endforeach()

# The demo corpus: a small one, made twice.
find_program(GENRETRACK_MMA mma)
find_program(GENRETRACK_FLUIDSYNTH fluidsynth)
if(GENRETRACK_MMA AND GENRETRACK_FLUIDSYNTH)
  add_test(NAME program.demo_corpus COMMAND Python3::Interpreter -B ${CMAKE_CURRENT_LIST_DIR}/demo_corpus_check.py ${PROJECT_SOURCE_DIR})
  set_tests_properties(program.demo_corpus PROPERTIES LABELS slow TIMEOUT 300)
endif()

# Ten thousand clips in the memory of ten.
add_test(NAME program.many_clips COMMAND Python3::Interpreter -B ${CMAKE_CURRENT_LIST_DIR}/many_clips_check.py WORKING_DIRECTORY ${CMAKE_CURRENT_LIST_DIR})
set_tests_properties(program.many_clips PROPERTIES LABELS slow TIMEOUT 900 ENVIRONMENT "GENRETRACK_PROGRAM=$<TARGET_FILE:genretrack>")

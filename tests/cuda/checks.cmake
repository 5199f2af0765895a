# Graphs are described to the real cuDNN and validated, which needs its library but no device.
if(GENRETRACK_CUDA AND NOT GENRETRACK_SANITIZE)
  find_package(CUDAToolkit 13 REQUIRED)  # its targets belong to the folder that asks
  add_executable(cudnn_test ${CMAKE_CURRENT_LIST_DIR}/cudnn_graphs_check.cc $<TARGET_OBJECTS:genretrack_cudnn_graphs>)
  target_link_libraries(cudnn_test PRIVATE genretrack_core CUDA::cudart_static cudnn_frontend GTest::gtest_main ${CMAKE_DL_LIBS})
  gtest_discover_tests(cudnn_test TEST_PREFIX "cuda." DISCOVERY_TIMEOUT 60 PROPERTIES LABELS quick)
endif()

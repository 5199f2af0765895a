# CUDA without a GPU (machine.h), and our CUDA code compiled against it by the C++ compiler.
find_package(Boost REQUIRED COMPONENTS context)
file(GLOB machine_sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/*.cc)
list(FILTER machine_sources EXCLUDE REGEX "_test\\.cc$")
add_library(cuda_on_cpu STATIC ${machine_sources})
target_include_directories(cuda_on_cpu BEFORE PUBLIC ${CMAKE_CURRENT_LIST_DIR}/include)
target_compile_definitions(cuda_on_cpu PUBLIC GENRETRACK_CUDA_ON_CPU)
target_link_libraries(cuda_on_cpu PUBLIC genretrack_options Boost::context Threads::Threads)

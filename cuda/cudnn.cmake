# cuDNN 9 and the headers of its C++ front end, which NVIDIA keeps in a Python wheel: targets cudnn and
# cudnn_frontend.
find_path(GENRETRACK_CUDNN_INCLUDE cudnn_graph.h HINTS ${CUDAToolkit_INCLUDE_DIRS})
find_library(GENRETRACK_CUDNN_LIBRARY NAMES cudnn libcudnn.so.9 HINTS ${CUDAToolkit_LIBRARY_DIR} PATH_SUFFIXES lib lib64)
if(NOT GENRETRACK_CUDNN_INCLUDE OR NOT GENRETRACK_CUDNN_LIBRARY)
  message(FATAL_ERROR "cuDNN 9 (cudnn_graph.h, libcudnn.so) is not beside the CUDA toolkit: install it, or name its place with "
                      "-DGENRETRACK_CUDNN_INCLUDE=FOLDER -DGENRETRACK_CUDNN_LIBRARY=FILE.")
endif()
set(frontend_folder "$ENV{XDG_CACHE_HOME}")
if(NOT frontend_folder)
  set(frontend_folder "$ENV{HOME}/.cache")
endif()
set(GENRETRACK_CUDNN_FRONTEND "${frontend_folder}/genretrack/cudnn-frontend-1.32.0/include" CACHE PATH "Headers of the cuDNN front end")
if(NOT EXISTS "${GENRETRACK_CUDNN_FRONTEND}/cudnn_frontend.h")
  message(FATAL_ERROR "The headers of the cuDNN front end are not at ${GENRETRACK_CUDNN_FRONTEND}: run .ci/dependencies.sh --build, which "
                      "fetches them, or name their folder with -DGENRETRACK_CUDNN_FRONTEND=FOLDER.")
endif()
add_library(cudnn INTERFACE)
target_include_directories(cudnn SYSTEM INTERFACE ${GENRETRACK_CUDNN_INCLUDE})
target_link_libraries(cudnn INTERFACE ${GENRETRACK_CUDNN_LIBRARY})
# The front end's own JSON library is for logs; ours stays the only one.
add_library(cudnn_frontend INTERFACE)
target_include_directories(cudnn_frontend SYSTEM INTERFACE ${GENRETRACK_CUDNN_FRONTEND})
target_compile_definitions(cudnn_frontend INTERFACE CUDNN_FRONTEND_SKIP_JSON_LIB)
# Its engines for other operations call NVRTC.
target_link_libraries(cudnn_frontend INTERFACE cudnn CUDA::nvrtc)

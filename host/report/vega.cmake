# Vega, which draws the charts of pages, becomes part of the program (vega.cc), so that pages need no other file.
set(vega_folder "$ENV{XDG_CACHE_HOME}")
if(NOT vega_folder)
  set(vega_folder "$ENV{HOME}/.cache")
endif()
set(GENRETRACK_VEGA_JS "${vega_folder}/genretrack/vega-5.21.0.js" CACHE FILEPATH "The whole of Vega 5 as one script")
if(NOT EXISTS "${GENRETRACK_VEGA_JS}")
  message(FATAL_ERROR "Vega is not at ${GENRETRACK_VEGA_JS}: run .ci/dependencies.sh --build, which fetches it, "
                      "or name the file with -DGENRETRACK_VEGA_JS=FILE.")
endif()
set_source_files_properties(${CMAKE_CURRENT_LIST_DIR}/vega.cc PROPERTIES
  COMPILE_DEFINITIONS "GENRETRACK_VEGA_JS=\"${GENRETRACK_VEGA_JS}\""
  OBJECT_DEPENDS "${GENRETRACK_VEGA_JS}")

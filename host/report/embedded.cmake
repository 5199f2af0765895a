# Vega, which draws the charts of pages, and the pages' own style and script become part of the program
# (embedded.cc), so that it needs no other file where it is installed.
set(vega_folder "$ENV{XDG_CACHE_HOME}")
if(NOT vega_folder)
  set(vega_folder "$ENV{HOME}/.cache")
endif()
set(GENRETRACK_VEGA_JS "${vega_folder}/genretrack/vega-5.21.0.js" CACHE FILEPATH "The whole of Vega 5 as one script")
if(NOT EXISTS "${GENRETRACK_VEGA_JS}")
  message(FATAL_ERROR "Vega is not at ${GENRETRACK_VEGA_JS}: run .ci/dependencies.sh --build, which fetches it, "
                      "or name the file with -DGENRETRACK_VEGA_JS=FILE.")
endif()
set(page_css ${CMAKE_CURRENT_LIST_DIR}/page.css)
set(page_js ${CMAKE_CURRENT_LIST_DIR}/page.js)
set_source_files_properties(${CMAKE_CURRENT_LIST_DIR}/embedded.cc PROPERTIES
  COMPILE_DEFINITIONS "GENRETRACK_VEGA_JS=\"${GENRETRACK_VEGA_JS}\";GENRETRACK_PAGE_CSS=\"${page_css}\";GENRETRACK_PAGE_JS=\"${page_js}\""
  OBJECT_DEPENDS "${GENRETRACK_VEGA_JS};${page_css};${page_js}")

# The square root of AdamW's loop stays scalar where it may have to set errno.
set_source_files_properties(${CMAKE_CURRENT_LIST_DIR}/update_kernels.cc PROPERTIES COMPILE_OPTIONS -fno-math-errno)

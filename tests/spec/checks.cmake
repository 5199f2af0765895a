# Committed experiments and docs/spec.md are read from the source tree.
target_compile_definitions(spec_test PRIVATE GENRETRACK_SOURCE_ROOT="${PROJECT_SOURCE_DIR}")

# With the sanitizers g++ 12 takes the std::function inside std::regex, which valijson uses, for uninitialised.
if(GENRETRACK_SANITIZE)
  target_compile_options(spec_test PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
endif()

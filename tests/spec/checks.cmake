# Committed experiments and docs/spec.md are read from the source tree.
target_compile_definitions(spec_test PRIVATE GENRETRACK_SOURCE_ROOT="${PROJECT_SOURCE_DIR}")

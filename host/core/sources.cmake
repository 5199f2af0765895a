# Debian's libxxhash chooses its instructions when asked under other names; not every build of it has them.
include(CheckCXXSourceCompiles)
set(CMAKE_REQUIRED_LIBRARIES PkgConfig::xxhash)
check_cxx_source_compiles([[
#include <xxhash.h>
#include <xxh_x86dispatch.h>
int main() {
  XXH3_state_t* state = XXH3_createState();
  XXH3_64bits_update(state, "", 0);
  return static_cast<int>(XXH3_64bits("", 0));
}]] GENRETRACK_XXH_DISPATCH)
unset(CMAKE_REQUIRED_LIBRARIES)
if(GENRETRACK_XXH_DISPATCH)
  target_compile_definitions(genretrack_core PUBLIC GENRETRACK_XXH_DISPATCH)
endif()

// XXH3 with the widest instructions that this processor has. Include this instead of <xxhash.h>.
#pragma once

#include <xxhash.h>
// Its names replace those above. docs/performance.md says what that gains.
#ifdef GENRETRACK_XXH_DISPATCH
#include <xxh_x86dispatch.h>
#endif

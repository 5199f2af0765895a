// XXH3 with the widest instructions that this processor has. Include this instead of <xxhash.h>.
#pragma once

#include <xxhash.h>
// Its names replace those above. In pieces, Debian's library hashes 5 GB/s without it and 90 with it.
#ifdef GENRETRACK_XXH_DISPATCH
#include <xxh_x86dispatch.h>
#endif

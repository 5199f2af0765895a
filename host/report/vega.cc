#include "host/report/vega.h"

// The assembler copies the file in: a string literal of its size is more than a compiler must take. A compiler
// cache does not see the file inside; its name carries its version, so another content has another name.
__asm__(
    ".pushsection .rodata\n"
    ".hidden genretrack_vega_begin\n"
    ".hidden genretrack_vega_end\n"
    ".globl genretrack_vega_begin\n"
    ".globl genretrack_vega_end\n"
    "genretrack_vega_begin:\n"
    ".incbin \"" GENRETRACK_VEGA_JS
    "\"\n"
    "genretrack_vega_end:\n"
    ".popsection\n");

extern "C" const char genretrack_vega_begin[];
extern "C" const char genretrack_vega_end[];

namespace genretrack {

std::string_view vega_script() { return {genretrack_vega_begin, genretrack_vega_end}; }

}  // namespace genretrack

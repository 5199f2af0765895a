#include "host/report/embedded.h"

// The assembler copies each file in: a string literal of Vega's size is more than a compiler must take.
#define GENRETRACK_EMBED(name, file)                                                            \
  __asm__(".pushsection .rodata\n.hidden " #name "_begin\n.hidden " #name "_end\n.globl " #name \
          "_begin\n.globl " #name "_end\n" #name "_begin:\n.incbin \"" file "\"\n" #name        \
          "_end:\n"                                                                             \
          ".popsection\n");                                                                     \
  extern "C" const char name##_begin[];                                                         \
  extern "C" const char name##_end[];

GENRETRACK_EMBED(genretrack_vega, GENRETRACK_VEGA_JS)
GENRETRACK_EMBED(genretrack_page_style, GENRETRACK_PAGE_CSS)
GENRETRACK_EMBED(genretrack_page_script, GENRETRACK_PAGE_JS)

namespace genretrack {

std::string_view vega_script() { return {genretrack_vega_begin, genretrack_vega_end}; }
std::string_view page_style() { return {genretrack_page_style_begin, genretrack_page_style_end}; }
std::string_view page_script() { return {genretrack_page_script_begin, genretrack_page_script_end}; }

}  // namespace genretrack

#include "host/core/utf8.h"

#include <gtest/gtest.h>

namespace genretrack {
namespace {

TEST(OneLine, LeavesTextAlone) {
  EXPECT_EQ(one_line("söng — 歌 <b>&\"'.wav"), "söng — 歌 <b>&\"'.wav");
  EXPECT_EQ(one_line(""), "");
}

TEST(OneLine, ShowsWhatWouldControlATerminal) {
  EXPECT_EQ(one_line("a\x1b[31m\n\t\x7f"), "a\\u{1b}[31m\\u{a}\\u{9}\\u{7f}");
  EXPECT_EQ(one_line("\u009b31m\u0085"), "\\u{9b}31m\\u{85}");
  EXPECT_EQ(one_line("\u202egnp\u2066\ufeff"), "\\u{202e}gnp\\u{2066}\\u{feff}");
  EXPECT_EQ(one_line(std::string_view("a\0b", 3)), "a\\u{0}b");
}

TEST(OneLine, ReplacesBytesThatAreNoUtf8) {
  EXPECT_EQ(one_line("a\xff"
                     "b"),
            "a\ufffd"
            "b");
  EXPECT_EQ(one_line("\xc3"), "\ufffd");
  EXPECT_EQ(one_line("\xed\xa0\x80x").back(), 'x');
}

}  // namespace
}  // namespace genretrack

#include "host/report/table.h"

#include <gtest/gtest.h>

namespace genretrack {
namespace {

TEST(Table, AlignsTextLeftAndNumbersRight) {
  const Table table{{"run", "accuracy"}, {{"a", "81.0"}, {"longer", "9.5"}}};
  EXPECT_EQ(table.text(),
            "run     accuracy\n"
            "────────────────\n"
            "a           81.0\n"
            "longer       9.5\n");
}

TEST(Table, CountsCharactersAndNotBytes) {
  const Table table{{"név", "±"}, {{"főnök", "1 ± 2"}}};
  EXPECT_EQ(table.text(),
            "név        ±\n"
            "────────────\n"
            "főnök  1 ± 2\n");
}

TEST(Table, LeavesNoSpacesAtLineEnds) {
  const Table table{{"a", "b"}, {{"long name", ""}}};
  EXPECT_EQ(table.text().find(" \n"), std::string::npos);
}

}  // namespace
}  // namespace genretrack

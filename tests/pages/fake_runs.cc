// Writes run folders with made-up predictions, for pages to be made of: fake_runs FOLDER. One genre and one
// note try to break out of the page.
#include <iostream>

#include "tests/report/fake_run.h"

int main(int argc, char** argv) {
  using genretrack::testing::FakeRun;
  if (argc != 2) {
    std::cerr << "usage: fake_runs FOLDER\n";
    return 2;
  }
  const std::vector<FakeRun> runs = {{.name = "demo-spectrogram", .skill = 2.0},
                                     {.name = "demo-percussion", .inputs = {"percussion"}, .skill = 1.6},
                                     {.name = "demo-chromagram", .inputs = {"chromagram"}, .skill = 0.8},
                                     {.name = "demo-late",
                                      .fusion = "late",
                                      .inputs = {"spectrogram", "percussion", "chromagram"},
                                      .skill = 2.6}};
  for (FakeRun run : runs) {
    run.genres = {"blues", "jazz", "=1+1", "</script><script>hacked()</script>"};
    run.notes = {"a note with </script><script>hacked()</script>"};
    genretrack::testing::write_fake_run(argv[1], run);
  }
}

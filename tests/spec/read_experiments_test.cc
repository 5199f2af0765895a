// Files, folders and sweeps.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <sstream>

#include "tests/core/temporary_folder.h"
#include "tests/spec/spec_fixture.h"

namespace genretrack {
namespace {

using nlohmann::json;

class ReadExperiments : public testing::Test {
 protected:
  std::filesystem::path write(const std::string& name, const std::string& text) {
    std::filesystem::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name, std::ios::binary) << text;
    return folder_ / name;
  }
  Refusal refused(const std::filesystem::path& path, const std::vector<std::string>& overrides = {}) {
    return refusal_of([&] { read_experiments({path}, overrides); });
  }
  Refusal refused_sweep(const std::string& text, const std::vector<std::string>& overrides = {}) {
    write("base.json", good_spec().dump());
    return refused(write("sweep.json", text), overrides);
  }
  std::vector<std::string> names(const std::filesystem::path& path,
                                 const std::vector<std::string>& overrides = {}) {
    std::vector<std::string> all;
    for (const Experiment& experiment : read_experiments({path}, overrides)) all.push_back(experiment.name);
    return all;
  }
  TemporaryFolder folder_;
};

TEST_F(ReadExperiments, ReadsTheFilesOfAFolderInOrder) {
  write("study/b.json", good_spec().dump());
  write("study/a.json", good_spec().dump());
  write("study/notes.txt", "x");
  write("study/.hidden.json", "x");
  EXPECT_EQ(names(folder_ / "study"), (std::vector<std::string>{"a", "b"}));
}

TEST_F(ReadExperiments, RefusesWhatIsNotThere) {
  expect_refusal(refused(folder_ / "absent.json"), ErrorKind::kSpec, {"absent.json", "No such file"});
  std::filesystem::create_directory(folder_ / "empty");
  expect_refusal(refused(folder_ / "empty"), ErrorKind::kSpec, {"empty: has no *.json files"});
  std::filesystem::create_directories(folder_ / "folder" / "x.json");
  expect_refusal(refused(folder_ / "folder"), ErrorKind::kSpec, {"x.json", "directory"});
}

TEST_F(ReadExperiments, RefusesWhatIsNoFileWithoutReadingIt) {
  // A cache given in place of an experiment: reading a terabyte would fail, or not end.
  std::filesystem::resize_file(write("features.h5", "x"), std::uintmax_t{1} << 40);
  expect_refusal(refused(folder_ / "features.h5"), ErrorKind::kSpec,
                 {"features.h5: is longer than 4 MiB; an experiment file is a page of JSON"});
  const std::filesystem::path pipe = folder_ / "pipe.json";  // opening it would wait for a writer
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  expect_refusal(refused(pipe), ErrorKind::kSpec, {"pipe.json: is a directory, a pipe or a device; name an"});
  expect_refusal(refused("/dev/zero"), ErrorKind::kSpec, {"/dev/zero: is a directory, a pipe or a device"});
  expect_refusal(refused(write("sweep.json", R"({"base": "pipe.json", "grid": {"/name": ["a"]}})")),
                 ErrorKind::kSpec, {"sweep.json:1:2: /base: ", "pipe.json is not there, or is no file"});
}

TEST_F(ReadExperiments, ReportsTheFirstErrorOfEveryFile) {
  const auto path = [&](const char* name) { return (folder_ / name).string(); };
  json epochs = good_spec(), later = good_spec(), named = good_spec();
  epochs["training"]["epochs"] = 0;
  epochs["trainin"] = 1;
  later["evaluation"]["aggregate"] = "vote";
  named["name"] = "good";
  write("study/bad.json", epochs.dump());
  write("study/cut.json", "{");
  write("study/good.json", good_spec().dump());
  write("study/later.json", later.dump());
  write("study/same.json", named.dump());
  const Refusal refusal = refusal_of([&] {
    read_experiments({folder_ / "absent.json", folder_ / "study"}, {});
  });
  EXPECT_EQ(refusal.kind, ErrorKind::kSpec);
  std::vector<std::string> lines;
  std::istringstream text(refusal.message);
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  ASSERT_EQ(lines.size(), 5u) << refusal.message;
  const std::vector<std::string> begin = {"absent.json: ", "study/bad.json:1:", "study/cut.json:1:",
                                          "study/later.json:1:", "study/same.json: /name: \"good\""};
  for (std::size_t i = 0; i < lines.size(); ++i)
    EXPECT_TRUE(lines[i].starts_with(path(begin[i].c_str()))) << lines[i];
}

TEST_F(ReadExperiments, TheKindOfSeveralErrorsIsTheGravest) {
  json later = good_spec(), epochs = good_spec();
  later["evaluation"]["aggregate"] = "vote";
  epochs["training"]["epochs"] = 0;
  write("study/a.json", later.dump());
  write("study/b.json", good_spec().dump());
  expect_refusal(refused(folder_ / "study"), ErrorKind::kUnsupported, {"a.json:"});
  expect_refusal(refused(folder_ / "study", {"/features/clip_seconds=1"}), ErrorKind::kUsage,
                 {"a.json:", "\n--set /features/clip_seconds=1: ", "b.json:1:1: /training/segment_seconds"});
  write("study/c.json", epochs.dump());
  expect_refusal(refused(folder_ / "study", {"/features/clip_seconds=1"}), ErrorKind::kSpec,
                 {"a.json:", "\n--set ", "c.json:1:"});
}

TEST_F(ReadExperiments, SaysOnceWhatIsWrongWithEveryFile) {
  write("study/a.json", good_spec().dump());
  write("study/b.json", good_spec().dump());
  const Refusal refusal = refused(folder_ / "study", {"/training/epoch=3"});
  expect_refusal(refusal, ErrorKind::kUsage, {"--set /training/epoch=3: /training/epoch: unknown key"});
  EXPECT_EQ(refusal.message.find('\n'), std::string::npos) << refusal.message;
}

TEST_F(ReadExperiments, ShowsControlCharactersOfFileNamesAsJsonDoes) {
  expect_refusal(refused(write("a\x1b[31m\n.json", "{")), ErrorKind::kSpec,
                 {R"(a\u001b[31m\n.json:1:2: is not JSON)"});
}

TEST_F(ReadExperiments, RefusesAFileNameThatNamesNoRun) {
  expect_refusal(refused(write("\xff.json", good_spec().dump())), ErrorKind::kSpec, {"/name: ", "not UTF-8"});
  expect_refusal(refused(write(".json", good_spec().dump())), ErrorKind::kSpec, {"begins with a point"});
}

TEST_F(ReadExperiments, RefusesTwoExperimentsOfOneName) {
  json spec = good_spec();
  spec["name"] = "same";
  write("study/a.json", spec.dump());
  write("study/b.json", spec.dump());
  expect_refusal(refused(folder_ / "study"), ErrorKind::kSpec, {"b.json: /name: \"same\"", "a.json"});
}

TEST_F(ReadExperiments, SweepsMakeTheProductOfTheirGrid) {
  write("base.json", good_spec().dump());
  const auto path = write("sweep.json", R"({"base": "base.json", "grid": {
      "/training/optimizer/learning_rate": [1e-3, 3e-4], "/training/epochs": [5, 10]}})");
  EXPECT_EQ(names(path), (std::vector<std::string>{
                             "base-epochs=5-learning_rate=0.001", "base-epochs=5-learning_rate=0.0003",
                             "base-epochs=10-learning_rate=0.001", "base-epochs=10-learning_rate=0.0003"}));
  const std::vector<Experiment> all = read_experiments({path}, {"/training/batch_size=8", "/name=other"});
  ASSERT_EQ(all.size(), 4u);
  EXPECT_EQ(all[1].name, "other-epochs=5-learning_rate=0.0003");
  EXPECT_EQ(all[1].training.epochs, 5);
  EXPECT_EQ(all[1].training.learning_rate, 3e-4);
  EXPECT_EQ(all[1].training.batch_size, 8);
}

TEST_F(ReadExperiments, SweepsNumberValuesThatCannotBeInAFileName) {
  write("base.json", good_spec().dump());
  EXPECT_EQ(names(write("a.json", R"({"base": "base.json", "grid": {"/dataset/path": ["a/b", "c"]}})")),
            (std::vector<std::string>{"base-path=1", "base-path=c"}));
  EXPECT_EQ(
      names(write("b.json",
                  R"({"base": "base.json", "grid": {"/dataset/split": [{"type": "k-fold"}, "random"]}})")),
      (std::vector<std::string>{"base-split=1", "base-split=random"}));
}

TEST_F(ReadExperiments, ErrorsOfAGridHaveTheGridsPlace) {
  const Refusal unknown = refused_sweep("{\"base\": \"base.json\",\n \"grid\": {\"/training/epoch\": [1]}}");
  expect_refusal(unknown, ErrorKind::kSpec,
                 {"sweep.json:2:31: /grid/~1training~1epoch/0: /training/epoch: unknown key", "epochs"});
  expect_refusal(refused_sweep(R"({"base": "base.json", "grid": {"/training/epochs": [1, "x"]}})"),
                 ErrorKind::kSpec,
                 {"sweep.json:1:56: /grid/~1training~1epochs/1: /training/epochs: expected an integer"});
  expect_refusal(refused_sweep(R"({"base": "base.json", "grid": {"epochs": [1]}})"), ErrorKind::kSpec,
                 {"sweep.json:1:43: /grid/epochs/0: ", "no JSON pointer"});
  expect_refusal(refused_sweep(R"({"base": "base.json", "grid": {"/model/branches/3/dropout": [0]}})"),
                 ErrorKind::kSpec, {"/0: ", "\"3\" is no element of /model/branches"});
  expect_refusal(refused_sweep(R"({"base": "base.json", "grid": {"/training/precision": ["float16"]}})"),
                 ErrorKind::kUnsupported, {"sweep.json:1:56"});
}

TEST_F(ReadExperiments, RefusesSweepsThatAreNone) {
  expect_refusal(refused_sweep(R"({"grid": {"/name": ["a"]}})"), ErrorKind::kSpec,
                 {"sweep.json:1:1: /base: "});
  expect_refusal(refused_sweep(R"({"base": 1, "grid": {"/name": ["a"]}})"), ErrorKind::kSpec,
                 {"1:2: /base: "});
  expect_refusal(refused_sweep(R"({"base": "base.json"})"), ErrorKind::kSpec, {"/grid: a sweep needs"});
  expect_refusal(refused_sweep(R"({"base": "base.json", "grid": {}})"), ErrorKind::kSpec,
                 {"/grid: a sweep needs"});
  expect_refusal(refused_sweep(R"({"base": "base.json", "grid": {"/name": []}})"), ErrorKind::kSpec,
                 {"/grid/~1name: expected a list"});
  expect_refusal(refused_sweep(R"({"base": "base.json", "grids": {}})"), ErrorKind::kSpec,
                 {"/grids: unknown key", "\"grid\""});
  expect_refusal(refused_sweep(R"({"base": "absent.json", "grid": {"/name": ["a"]}})"), ErrorKind::kSpec,
                 {"sweep.json:1:2: /base: ", "absent.json is not there"});
  expect_refusal(refused_sweep(R"({"base": "sweep.json", "grid": {"/name": ["a"]}})"), ErrorKind::kSpec,
                 {"sweep.json:1:2: /base: is a sweep itself"});
  expect_refusal(refused_sweep(R"({"base": "base.json", "grid": {"/training/epochs": [1, 1]}})"),
                 ErrorKind::kSpec, {"base-epochs=1"});
}

TEST_F(ReadExperiments, RefusesMoreThanAThousandPoints) {
  json list = json::array();
  for (int i = 1; i <= 32; ++i) list.push_back(i);
  const json sweep = {{"base", "base.json"},
                      {"grid", {{"/training/epochs", list}, {"/training/early_stopping/patience", list}}}};
  expect_refusal(refused_sweep(sweep.dump()), ErrorKind::kSpec, {"/grid: makes more than 1000 experiments"});
}

TEST_F(ReadExperiments, RefusesToSetWhatAGridVaries) {
  const std::string sweep = R"({"base": "base.json", "grid": {"/training/epochs": [1, 2]}})";
  for (const char* argument : {"/training/epochs=3", "/training={}"})
    expect_refusal(refused_sweep(sweep, {argument}), ErrorKind::kUsage,
                   {std::string("--set ") + argument, "sweep.json:1:32", "varies it"});
}

TEST_F(ReadExperiments, ReadsAllCommittedExperiments) {
  std::size_t folders = 0;
  for (const auto& entry : std::filesystem::directory_iterator(GENRETRACK_SOURCE_ROOT "/experiments"))
    if (entry.is_directory()) {
      ++folders;
      EXPECT_NO_THROW(EXPECT_FALSE(read_experiments({entry.path()}, {}).empty())) << entry.path();
    }
  EXPECT_GT(folders, 0u);
}

}  // namespace
}  // namespace genretrack

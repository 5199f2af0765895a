#include "host/spec/json_text.h"

#include <gtest/gtest.h>

#include "tests/spec/spec_fixture.h"

namespace genretrack {
namespace {

std::string repeated(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

TEST(JsonText, RefusesWhatIsNotJsonWithItsPlace) {
  const std::vector<std::pair<std::string, std::string>> bad = {
      {"name: tiny\n", "e.json:1:2: is not JSON"},
      {"", "e.json:1:1: is empty"},
      {" \n\t", "e.json:1:1: is empty"},
      {std::string("\0\1\2\xff", 4), "e.json:1:1: is not JSON"},
      {"\xef\xbb\xbf", "e.json:1:1: is not JSON"},
      {"{\n  \"a\": 1,\n}", "e.json:3:1: is not JSON"},
      {"{\n  \"a\": 1", "e.json:2:9: is not JSON"},
      {"{\"name\": \"\xff\xfe\"}", "e.json:1:"},
      {"{} {}", "e.json:1:4: is not JSON"},
      {"{\"a\": 0123}", "e.json:1:10: is not JSON"},
      {"{\"a\": NaN}", "e.json:1:7: is not JSON"},
      {"{\n\"a\": [1,\n 1e999\n]}", "e.json:3:2: a number too large"},
      {"{\"a\": -1e999}", "e.json:1:7: a number too large"},
  };
  for (const auto& [text, says] : bad) {
    SCOPED_TRACE(text);
    expect_refusal(refusal_of([&] { parse_json_text(text, "e.json"); }), ErrorKind::kSpec, {says});
  }
}

TEST(JsonText, SaysNothingThatIsNotUtf8) {
  const Refusal refusal = refusal_of([] { parse_json_text("{\"name\": \"\xff\xfe\"}", "e.json"); });
  EXPECT_TRUE(is_utf8(refusal.message));
}

TEST(JsonText, RefusesBottomlessNesting) {
  const std::string lists = repeated("[", 100000) + repeated("]", 100000);
  const std::string objects = repeated("{\"model\": ", 100000) + "1" + repeated("}", 100000);
  expect_refusal(refusal_of([&] { parse_json_text(lists, "e.json"); }), ErrorKind::kSpec,
                 {"e.json:1:65: nested deeper than 64 levels"});
  expect_refusal(refusal_of([&] { parse_json_text(objects, "e.json"); }), ErrorKind::kSpec,
                 {"e.json:1:641: ", "deep"});
  EXPECT_NO_THROW(parse_json_text(repeated("[", 64) + repeated("]", 64), "e.json"));
}

TEST(JsonText, RefusesWhatIsTooLongForAnExperiment) {
  expect_refusal(refusal_of([] { parse_json_text(std::string((4 << 20) + 1, ' '), "e.json"); }),
                 ErrorKind::kSpec, {"e.json", "4 MiB"});
  // Few bytes of text whose pointers together would fill the memory.
  const std::string long_keys = repeated("{\"" + std::string(10000, 'k') + "\":", 50) + "[1" +
                                repeated(",1", 200000) + "]" + repeated("}", 50);
  expect_refusal(refusal_of([&] { parse_json_text(long_keys, "e.json"); }), ErrorKind::kSpec,
                 {"too long keys"});
}

TEST(JsonText, ReadsManyValuesInOnePass) {
  EXPECT_EQ(parse_json_text("[1" + repeated(",1", 300000) + "]", "e.json").value.size(), 300001u);
}

TEST(JsonText, RefusesKeysThatStandTwice) {
  const auto refused = [](const std::string& text) {
    return refusal_of([&] { parse_json_text(text, "e.json"); });
  };
  expect_refusal(refused("{\n \"name\": \"a\",\n \"name\": \"b\"\n}"), ErrorKind::kSpec,
                 {"e.json:3:2: /name: ", "twice"});
  expect_refusal(refused("{\"a\": [0, {\"b\": 1, \"\\u0062\": 2}]}"), ErrorKind::kSpec,
                 {"e.json:1:20: /a/1/b: ", "twice"});
}

TEST(JsonText, KnowsThePlaceOfEachValue) {
  const JsonText text = parse_json_text(
      "{\n"
      "  \"plain\": 1,\n"
      "  \"a\\\"b\\\\\": {\"\xc3\xa9\xe2\x82\xac\": true, \"after\": null},\n"
      "  \"list\": [1, -2.5e3,\n"
      "    \"x\\\"y\", [],{}, [[7]]\n"
      "  , 12\n"
      "  , false],\n"
      "  \"a/b~\": \"\"\n"
      "}\n",
      "e.json");
  const std::map<std::string, std::string> expected = {
      {"", "1:1"},
      {"/plain", "2:3"},
      {"/a\"b\\", "3:3"},
      {"/a\"b\\/\xc3\xa9\xe2\x82\xac", "3:14"},
      {"/a\"b\\/after", "3:26"},
      {"/list", "4:3"},
      {"/list/0", "4:12"},
      {"/list/1", "4:15"},
      {"/list/2", "5:5"},
      {"/list/3", "5:13"},
      {"/list/4", "5:16"},
      {"/list/5", "5:20"},
      {"/list/5/0", "5:21"},
      {"/list/5/0/0", "5:22"},
      {"/list/6", "6:5"},
      {"/list/7", "7:5"},
      {"/a~1b~0", "8:3"},
  };
  EXPECT_EQ(text.places, expected);
}

TEST(JsonText, CountsNoByteOrderMarkAndReadsOtherLineEnds) {
  const JsonText text = parse_json_text("\xef\xbb\xbf{\"a\":\r\n 1,\r\n\"b\": [2\r\n]}", "e.json");
  EXPECT_EQ(text.places.at("/a"), "1:2");
  EXPECT_EQ(text.places.at("/b"), "3:1");
  EXPECT_EQ(text.places.at("/b/0"), "3:7");
  EXPECT_EQ(parse_json_text("\xef\xbb\xbf"
                            "7",
                            "e.json")
                .places.at(""),
            "1:1");
}

TEST(JsonText, GivesWhatIsNotThereThePlaceOfWhatHoldsIt) {
  const JsonText text = parse_json_text("{\n \"a\": {}\n}", "e.json");
  EXPECT_EQ(text.where("/a/b/c"), "e.json:2:2: /a/b/c");
  EXPECT_EQ(text.where("/b"), "e.json:1:1: /b");
  EXPECT_EQ(text.where(""), "e.json:1:1: /");
}

}  // namespace
}  // namespace genretrack

#include "host/report/page.h"

#include <gtest/gtest.h>

#include "host/report/embedded.h"

namespace genretrack {
namespace {

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

// What stands between a tag and its end, from the first such tag on.
std::string between(const std::string& text, const std::string& begin, const std::string& end) {
  const std::size_t from = text.find(begin);
  if (from == std::string::npos) return "";
  return text.substr(from + begin.size(), text.find(end, from) - from - begin.size());
}

TEST(Page, EscapesWhatHtmlWouldRead) {
  EXPECT_EQ(escape_html("<b class=\"x\">Rock & Roll's</b>"),
            "&lt;b class=&quot;x&quot;&gt;Rock &amp; Roll&#39;s&lt;/b&gt;");
}

TEST(Page, ReplacesBytesThatAreNoUtf8) {
  EXPECT_EQ(valid_utf8("a\xff"
                       "b"),
            "a\xef\xbf\xbd"
            "b");
  EXPECT_EQ(valid_utf8("B\xc3\xa9la"), "B\xc3\xa9la");
}

TEST(Page, EscapesEveryTextItIsGiven) {
  const std::string evil = "<img src=x onerror=alert(1)>\"'";
  Page page(evil);
  page.heading(evil);
  page.paragraph(evil);
  page.verdict(evil);
  page.table({{evil, evil}, {{evil, evil}}}, evil);
  page.chart({{"title", evil}}, evil);
  const std::string html = page.html();
  EXPECT_FALSE(contains(html, "<img"));
  EXPECT_FALSE(contains(html, "onerror=alert(1)>\""));
  EXPECT_TRUE(contains(html, "<h1>&lt;img src=x onerror=alert(1)&gt;&quot;&#39;</h1>"));
}

TEST(Page, DataCannotEndTheirScript) {
  const nlohmann::json hostile = {{"a", "</script><script>alert(1)</script><!--"},
                                  {"b", "\xe2\x80\xa8 & \xff"}};
  const std::string text = json_for_script(hostile);
  for (const std::string_view part : {"<", ">", "&", "\xe2\x80\xa8"})
    EXPECT_FALSE(contains(text, part)) << part;
  const nlohmann::json back = nlohmann::json::parse(text);
  EXPECT_EQ(back["a"], hostile["a"]);
  EXPECT_EQ(back["b"], "\xe2\x80\xa8 & \xef\xbf\xbd");
}

TEST(Page, KeepsItsChartsAsData) {
  Page page("two");
  page.chart({{"height", 1}}, "first");
  page.chart({{"height", 2}}, "second");
  const auto charts = nlohmann::json::parse(
      between(page.html(), "<script type=\"application/json\" id=\"charts\">", "</script>"));
  ASSERT_EQ(charts.size(), 2u);
  EXPECT_EQ(charts[1]["height"], 2);
  EXPECT_EQ(charts[1]["description"], "second");
  EXPECT_TRUE(contains(page.html(), "id=\"chart-1\" role=\"img\" aria-label=\"second\""));
}

TEST(Page, AlignsColumnsOfNumbersToTheRight) {
  Page page("t");
  page.table({{"run", "network", "accuracy"}, {{"a", "cnn2d 24-48", "81.0"}, {"b", "dense", "\u22129.5"}}},
             "c");
  const std::string html = page.html();
  EXPECT_TRUE(contains(html, "<td>cnn2d 24-48</td>"));
  EXPECT_TRUE(contains(html, "<td class=\"number\">81.0</td>"));
  EXPECT_TRUE(contains(html, "<th scope=\"col\" class=\"number\">accuracy</th>"));
  EXPECT_TRUE(contains(html, "<th scope=\"row\">a</th>"));
}

TEST(Page, AllowsNothingToBeFetched) {
  const std::string html = Page("t").html();
  EXPECT_TRUE(contains(html, "default-src 'none'"));
  EXPECT_FALSE(contains(html, "http://"));
  EXPECT_FALSE(contains(html, "<link"));
  EXPECT_FALSE(contains(html, " src="));
}

TEST(Page, CarriesVegaOnlyWhereItDraws) {
  Page page("t");
  EXPECT_LT(page.html().size(), 20000u);
  page.chart({{"height", 1}}, "chart");
  EXPECT_TRUE(contains(page.html(), vega_script()));
  EXPECT_TRUE(contains(page.html(), "<noscript>"));
}

TEST(Page, EmbeddedFilesCanStandInAScript) {
  EXPECT_GT(vega_script().size(), 400000u);
  for (const std::string_view script : {vega_script(), page_script()}) {
    EXPECT_EQ(script.find("</script"), std::string_view::npos);
    EXPECT_EQ(script.find("<!--"), std::string_view::npos);
  }
  EXPECT_EQ(page_style().find('<'), std::string_view::npos);
}

}  // namespace
}  // namespace genretrack

#include "host/cli/decompose_page.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

#include "host/cli/recording_pictures.h"
#include "host/core/utf8.h"
#include "host/report/axis.h"
#include "host/report/features_page.h"
#include "host/report/page.h"

namespace genretrack {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::size_t kMostPoints = 600;  // of the chart over time; a screen shows no more

json x_scale(double seconds) {
  return {{"name", "x"}, {"type", "linear"}, {"domain", {0, seconds}}, {"range", "width"}, {"zero", false}};
}

// Room for axes as in the pictures below, so that one second is as wide in each.
json mixture_chart(const Decomposition& song, const std::vector<std::string>& genres) {
  json values = json::array(), cuts = json::array();
  const std::size_t step = (song.windows.size() + kMostPoints - 1) / kMostPoints;
  for (std::size_t w = 0; w < song.windows.size(); w += step) {
    const DecomposeWindow& window = song.windows[w];
    const bool first = w == 0, last = w + step >= song.windows.size();
    const double middle = first ? 0 : last ? song.seconds : (window.start + window.end) / 2;
    for (std::size_t g = 0; g < genres.size(); ++g)
      values.push_back({{"time", std::round(1000 * middle) / 1000},
                        {"genre", genres[g]},
                        {"share", std::round(1e4 * window.smooth[g]) / 1e4}});
    if (first && last)
      for (std::size_t g = 0; g < genres.size(); ++g)
        values.push_back({{"time", song.seconds}, {"genre", genres[g]}, {"share", window.smooth[g]}});
  }
  for (std::size_t i = 1; i < song.sections.size(); ++i) cuts.push_back({{"time", song.sections[i].start}});
  json stack = {{"type", "stack"},
                {"groupby", json::array({"time"})},
                {"sort", {{"field", "genre"}}},
                {"field", "share"}};
  json ticks = json::array(), labels = json::array();
  for (const Tick& tick : time_ticks(0, song.seconds, 8)) {
    ticks.push_back(tick.at);
    labels.push_back(tick.label);
  }
  json chart = {{"$schema", "https://vega.github.io/schema/vega/v5.json"},
                {"width", 600},
                {"height", 260},
                {"padding", 5},
                {"autosize", {{"type", "fit-x"}, {"contains", "padding"}}},
                {"usermeta", {{"csv", "windows"}}},
                {"signals", json::array({{{"name", "playhead"}, {"value", 0}}})}};
  chart["data"] =
      json::array({{{"name", "windows"}, {"values", values}},
                   {{"name", "stacked"}, {"source", "windows"}, {"transform", json::array({stack})}},
                   {{"name", "cuts"}, {"values", cuts}}});
  chart["scales"] =
      json::array({x_scale(song.seconds),
                   {{"name", "y"}, {"type", "linear"}, {"domain", {0, 1}}, {"range", "height"}},
                   {{"name", "x_labels"}, {"type", "ordinal"}, {"domain", ticks}, {"range", labels}},
                   {{"name", "color"},
                    {"type", "ordinal"},
                    {"domain", genres},
                    {"range", {{"scheme", genres.size() > 10 ? "category20" : "tableau10"}}}}});
  const json label = {{"text", {{"scale", "x_labels"}, {"field", "value"}}}};
  chart["axes"] = json::array({{{"orient", "bottom"},
                                {"scale", "x"},
                                {"title", time_title(song.seconds)},
                                {"values", ticks},
                                {"labelOverlap", true},
                                {"encode", {{"labels", {{"update", label}}}}}},
                               {{"orient", "left"},
                                {"scale", "y"},
                                {"title", "share"},
                                {"format", "%"},
                                {"tickCount", 5},
                                {"minExtent", 38},
                                {"maxExtent", 38}},
                               {{"orient", "right"},
                                {"scale", "y"},
                                {"labels", false},
                                {"ticks", false},
                                {"domain", false},
                                {"offset", 26},
                                {"minExtent", 49},
                                {"maxExtent", 49}}});
  chart["legends"] =
      json::array({{{"fill", "color"}, {"orient", "bottom"}, {"columns", 4}, {"symbolType", "square"}}});
  const json area = {{"x", {{"scale", "x"}, {"field", "time"}}},
                     {"y", {{"scale", "y"}, {"field", "y0"}}},
                     {"y2", {{"scale", "y"}, {"field", "y1"}}},
                     {"fill", {{"scale", "color"}, {"field", "genre"}}},
                     {"fillOpacity", {{"value", 0.85}}}};
  const auto rule = [](const json& x, const json& dash, double width) {
    return json{{"x", x},
                {"y", {{"value", 0}}},
                {"y2", {{"signal", "height"}}},
                {"stroke", {{"value", "#888"}}},
                {"strokeWidth", {{"value", width}}},
                {"strokeDash", {{"value", dash}}}};
  };
  const json facet = {{"name", "one"}, {"data", "stacked"}, {"groupby", json::array({"genre"})}};
  chart["marks"] = json::array(
      {{{"type", "group"},
        {"from", {{"facet", facet}}},
        {"marks",
         json::array({{{"type", "area"}, {"from", {{"data", "one"}}}, {"encode", {{"update", area}}}}})}},
       {{"type", "rule"},
        {"from", {{"data", "cuts"}}},
        {"encode", {{"update", rule({{"scale", "x"}, {"field", "time"}}, json::array({4, 3}), 1.5)}}}},
       {{"type", "rule"},
        {"encode", {{"update", rule({{"scale", "x"}, {"signal", "playhead"}}, json::array({1, 0}), 2)}}}}});
  return chart;
}

// With the rule that follows what is played.
json picture_over_time(const Picture& picture) {
  json chart = picture_chart(picture);
  chart["signals"] = json::array({{{"name", "playhead"}, {"value", 0}}});
  const json rule = {{"x", {{"scale", "x"}, {"signal", "playhead"}}},
                     {"y", {{"value", 0}}},
                     {"y2", {{"signal", "height"}}},
                     {"opacity", {{"signal", "playhead > 0 ? 1 : 0"}}},
                     {"stroke", {{"value", "#4cc"}}},
                     {"strokeWidth", {{"value", 1.5}}}};
  chart["marks"].push_back({{"type", "rule"}, {"encode", {{"update", rule}}}});
  return chart;
}

Table components_table(const Decomposition& song, const std::vector<std::string>& genres) {
  std::vector<std::size_t> order(genres.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return song.components[a].share > song.components[b].share;
  });
  Table table;
  table.header = {"genre", "share (%)", "low", "high"};
  for (const std::size_t g : order) {
    const Component& c = song.components[g];
    table.rows.push_back({genres[g], fmt::format("{:.1f}", 100 * c.share),
                          c.interval ? fmt::format("{:.1f}", 100 * c.interval->low) : "–",
                          c.interval ? fmt::format("{:.1f}", 100 * c.interval->high) : "–"});
  }
  return table;
}

std::string leading(const std::vector<double>& shares, const std::vector<std::string>& genres) {
  const auto best = static_cast<std::size_t>(std::max_element(shares.begin(), shares.end()) - shares.begin());
  return fmt::format("{} {:.0f} %", genres[best], 100 * shares[best]);
}

Table sections_table(const Decomposition& song, const std::vector<std::string>& genres) {
  Table table;
  table.header = {"from", "to", "most of it"};
  table.header.insert(table.header.end(), genres.begin(), genres.end());
  for (const Section& s : song.sections) {
    std::vector<std::string> row = {time_text(s.start, s.end), time_text(s.end), leading(s.shares, genres)};
    for (const double share : s.shares) row.push_back(fmt::format("{:.0f} %", 100 * share));
    table.rows.push_back(row);
  }
  return table;
}

std::string percent_encoded(const std::string& path) {
  std::string text;
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                       (byte >= '0' && byte <= '9') ||
                       std::string_view("-._~/").find(c) != std::string_view::npos;
    text += plain ? std::string(1, c) : fmt::format("%{:02X}", byte);
  }
  return text;
}

// From where the page will lie, so that both can be moved together.
std::string source_of(const fs::path& audio, const fs::path& page) {
  const fs::path folder = fs::absolute(page).parent_path();
  return percent_encoded(
      fs::absolute(audio).lexically_normal().lexically_relative(folder.lexically_normal()).string());
}

std::string verdict_of(const Decomposition& song, const std::vector<std::string>& genres) {
  std::vector<double> shares;
  for (const Component& c : song.components) shares.push_back(c.share);
  const auto best = static_cast<std::size_t>(std::max_element(shares.begin(), shares.end()) - shares.begin());
  std::string text = fmt::format("Mostly {}: {}", genres[best], share_text(song.components[best]));
  if (song.sections.size() > 1) text += fmt::format(", in {} sections", song.sections.size());
  if (song.none.share > 0.5)
    return "None of these: the evidence for any genre is poorer than in 95 % of known clips. If it must be "
           "one, " +
           genres[best] + ".";
  return text + ".";
}

}  // namespace

std::string share_text(const Component& c) {
  if (!c.interval) return fmt::format("{:.0f} %", 100 * c.share);
  return fmt::format("{:.0f} % ({:.0f} to {:.0f})", 100 * c.share, 100 * c.interval->low,
                     100 * c.interval->high);
}

std::string decompose_page(const AppliedRun& run, const Decomposition& song, const std::string& method,
                           const fs::path& audio, const fs::path& page_path, Device device) {
  const std::vector<std::string>& genres = run.models->genres();
  Page page(one_line(audio.filename().string()));
  page.verdict(verdict_of(song, genres), describe(run) + ".");
  if (!song.seen.empty())
    page.note(
        "Every model of this run was trained on this recording or stopped by it: what is said here means "
        "nothing.");
  if (song.none.share > 0)
    page.note(fmt::format("In {:.0f} % of the recording the evidence is poorer than in 95 % of known clips.",
                          100 * song.none.share));
  page.audio(source_of(audio, page_path), "the recording");
  page.heading("The mixture over time");
  page.chart(mixture_chart(song, genres),
             "Stacked shares of genres over time; dashed lines where the mixture changes.");
  const double seconds = std::min(song.seconds, kMostSeconds);
  FeatureParams params = run.models->experiment().features;
  const std::vector<PictureKind> kinds = {PictureKind::kSpectrogram, picture_of(params.percussion),
                                          PictureKind::kMfcc, PictureKind::kChromagram};
  const RecordingPictures shown = recording_pictures(audio, params, device, 0, seconds, kinds, kPageColumns);
  for (const Picture& picture : shown.pictures) {
    page.subheading(picture.title);
    page.chart(picture_over_time(picture), picture.title + " over time.");
  }
  page.heading("Components");
  page.table(components_table(song, genres),
             "Shares of the whole recording, with 95 % intervals over its passages");
  page.heading("Sections");
  page.table(sections_table(song, genres), "Where the mixture changes");
  page.heading("Method");
  page.paragraph(method);
  return page.html();
}

}  // namespace genretrack

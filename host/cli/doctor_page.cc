#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>

#include "host/cli/doctor_charts.h"
#include "host/cli/doctor_report.h"
#include "host/report/page.h"
#include "host/report/progress.h"

namespace genretrack {
namespace {

constexpr std::size_t kMostRows = 1000;  // of one table; a browser with more is slow, and --json has all

void add_findings(Page& page, const DoctorReport& report) {
  for (const std::vector<const Finding*>& group : group_findings(report)) {
    const Finding& first = *group[0];
    page.heading(fmt::format("{}: {} ({})", name(first.severity), title(first.kind), group.size()));
    page.paragraph(remedy(first.kind));
    Table table;
    table.header = {"where", "what"};
    for (std::size_t i = 0; i < std::min(kMostRows, group.size()); ++i)
      table.rows.push_back({subject_of(report, *group[i]), group[i]->what});
    page.table(table, group.size() > kMostRows ? fmt::format("The first {} of {}", kMostRows, group.size())
                                               : std::string(title(first.kind)));
  }
}

Table length_table(const DoctorReport& report) {
  Table table;
  table.header = {"genre",        "clips",      "unreadable",  "known artists",
                  "shortest (s)", "median (s)", "longest (s)", "total"};
  for (const LengthSummary& genre : report.lengths)
    table.rows.push_back({genre.genre, std::to_string(genre.clips), std::to_string(genre.unreadable),
                          std::to_string(genre.artists), fmt::format("{:.2f}", genre.shortest),
                          fmt::format("{:.2f}", genre.median), fmt::format("{:.2f}", genre.longest),
                          duration_text(genre.total)});
  return table;
}

Table format_table(const DoctorReport& report) {
  Table table;
  table.header = {"format", "rate (Hz)", "channels", "clips"};
  for (const FormatCount& format : report.formats)
    table.rows.push_back({format.container.empty() ? "unknown" : format.container,
                          std::to_string(format.sample_rate), std::to_string(format.channels),
                          std::to_string(format.clips)});
  return table;
}

Table part_table(const DoctorReport& report) {
  Table table;
  table.header = {"parts", "artists in both", "who"};
  for (const PartOverlap& overlap : report.parts) {
    std::string names;
    for (const std::string& artist : overlap.artists) names += (names.empty() ? "" : ", ") + artist;
    table.rows.push_back({overlap.one + " and " + overlap.other, std::to_string(overlap.artists.size()),
                          names.empty() ? "–" : names});
  }
  return table;
}

}  // namespace

std::string doctor_page(const DoctorReport& report) {
  Page page("What is wrong with " + report.dataset.name);
  page.verdict(doctor_summary(report) + ".");
  page.paragraph(fmt::format(
      "{} of {} can serve; a clean manifest (--write-manifest) leaves out the others: what "
      "cannot be read, what is silent, and every copy but the first.",
      report.dataset.clips.size() - report.left_out.size(), counted(report.dataset.clips.size(), "clip")));
  if (report.findings.empty()) page.paragraph("Nothing was found to be wrong.");
  if (report.passed_over > 0)
    page.paragraph(counted(report.passed_over, "file") + " passed over: no recordings by their suffix.");
  add_findings(page, report);
  page.heading("Lengths, levels and formats");
  page.table(length_table(report), "Readable clips by genre");
  if (!report.formats.empty()) {
    page.begin_row(2);
    page.chart(length_chart(report),
               "Length of the clips by genre: shortest to longest, middle half, median.");
    page.chart(level_chart(report), "Level of the clips by genre: quietest to loudest, middle half, median.");
    page.end_row();
    page.table(format_table(report), "Formats of the readable clips");
  }
  if (!report.parts.empty()) {
    page.heading("Artists in two parts of the split");
    page.table(part_table(report), "Known artists with clips in both parts");
  }
  return page.html();
}

}  // namespace genretrack

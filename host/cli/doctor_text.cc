#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <array>

#include "host/cli/doctor_report.h"
#include "host/core/utf8.h"
#include "host/report/progress.h"
#include "host/report/table.h"

namespace genretrack {
namespace {

constexpr std::size_t kMostClipsInLine = 6;

Table length_table(const DoctorReport& report) {
  Table table;
  table.header = {"genre", "clips", "unreadable", "artists", "shortest", "median", "longest", "total"};
  for (const LengthSummary& genre : report.lengths)
    table.rows.push_back({one_line(genre.genre), std::to_string(genre.clips),
                          std::to_string(genre.unreadable), std::to_string(genre.artists),
                          fmt::format("{:.2f} s", genre.shortest), fmt::format("{:.2f} s", genre.median),
                          fmt::format("{:.2f} s", genre.longest), duration_text(genre.total)});
  return table;
}

Table format_table(const DoctorReport& report) {
  Table table;
  table.header = {"format", "rate", "channels", "clips"};
  for (const FormatCount& format : report.formats)
    table.rows.push_back({format.container.empty() ? "unknown" : format.container,
                          fmt::format("{} Hz", format.sample_rate), std::to_string(format.channels),
                          std::to_string(format.clips)});
  return table;
}

std::string part_lines(const DoctorReport& report) {
  std::string text;
  for (const PartOverlap& overlap : report.parts)
    text += fmt::format("{} and {}: {} in both\n", overlap.one, overlap.other,
                        counted(overlap.artists.size(), "known artist"));
  return text;
}

}  // namespace

std::string counted(std::size_t count, const std::string& one) {
  return std::to_string(count) + " " + one + (count == 1 ? "" : "s");
}

std::string doctor_summary(const DoctorReport& report) {
  std::array<std::size_t, 3> counts{};
  for (const Finding& finding : report.findings) ++counts[static_cast<std::size_t>(finding.severity)];
  double seconds = 0;
  for (const LengthSummary& genre : report.lengths) seconds += genre.total;
  return fmt::format("{} of {}, {}; {}, {}, {}", counted(report.dataset.clips.size(), "clip"),
                     counted(report.dataset.genres.size(), "genre"), duration_text(seconds),
                     counted(counts[0], "error"), counted(counts[1], "warning"), counted(counts[2], "note"));
}

std::vector<std::vector<const Finding*>> group_findings(const DoctorReport& report) {
  std::vector<std::vector<const Finding*>> groups;
  for (const Finding& finding : report.findings) {
    if (groups.empty() || groups.back()[0]->kind != finding.kind ||
        groups.back()[0]->severity != finding.severity)
      groups.emplace_back();
    groups.back().push_back(&finding);
  }
  return groups;
}

std::string subject_of(const DoctorReport& report, const Finding& finding) {
  if (!finding.subject.empty()) return finding.subject;
  // Many clips: the message says what they have in common, --json names them.
  if (finding.clips.size() > kMostClipsInLine)
    return report.dataset.clips[finding.clips[0]].id + fmt::format(" and {} more", finding.clips.size() - 1);
  std::string text;
  for (const std::size_t clip : finding.clips) {
    if (!text.empty()) text += " = ";
    text += report.dataset.clips[clip].id;
  }
  return text;
}

std::string doctor_text(const DoctorReport& report, std::size_t most) {
  std::string text = one_line(report.dataset.name) + ": " + doctor_summary(report) + "\n";
  if (report.findings.empty()) text += "\nNothing was found to be wrong.\n";
  for (const std::vector<const Finding*>& group : group_findings(report)) {
    const Finding& first = *group[0];
    text += fmt::format("\n{}: {} ({})\n", name(first.severity), title(first.kind), group.size());
    for (std::size_t i = 0; i < std::min(most, group.size()); ++i)
      text += "  " + one_line(subject_of(report, *group[i]) + ": " + group[i]->what) + "\n";
    if (group.size() > most) text += fmt::format("  and {} more; --all names them\n", group.size() - most);
    text += fmt::format("  -> {}\n", remedy(first.kind));
  }
  text += "\n" + length_table(report).text() + "\n" + format_table(report).text();
  if (!report.parts.empty()) text += "\n" + part_lines(report);
  if (report.passed_over > 0)
    text +=
        fmt::format("\n{} passed over: no recordings by their suffix\n", counted(report.passed_over, "file"));
  return text;
}

}  // namespace genretrack

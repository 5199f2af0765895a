#include "host/cli/doctor_report.h"

namespace genretrack {
namespace {

using Json = nlohmann::ordered_json;

Json ids(const DoctorReport& report, const std::vector<std::size_t>& clips) {
  Json list = Json::array();
  for (const std::size_t clip : clips) list.push_back(report.dataset.clips[clip].id);
  return list;
}

Json findings_json(const DoctorReport& report) {
  Json list = Json::array();
  for (const Finding& finding : report.findings)
    list.push_back({{"kind", name(finding.kind)},
                    {"severity", name(finding.severity)},
                    {"clips", ids(report, finding.clips)},
                    {"subject", finding.subject},
                    {"message", finding.what},
                    {"remedy", remedy(finding.kind)}});
  return list;
}

Json clips_json(const DoctorReport& report) {
  Json list = Json::array();
  for (std::size_t i = 0; i < report.facts.size(); ++i) {
    const ClipFacts& facts = report.facts[i];
    Json clip = {{"id", report.dataset.clips[i].id},
                 {"genre", report.dataset.clips[i].genre},
                 {"readable", facts.error.empty()},
                 {"container", facts.container},
                 {"bytes", facts.bytes}};
    if (facts.error.empty()) {
      Json channels = Json::array();
      for (const ChannelStats& channel : facts.signal.channels)
        channels.push_back({{"peak", channel.peak},
                            {"rms", channel.rms},
                            {"mean", channel.mean},
                            {"clipped", channel.clipped}});
      clip["seconds"] = facts.seconds;
      clip["sample_rate"] = facts.sample_rate;
      clip["channels"] = std::move(channels);
      clip["longest_silence"] = facts.signal.longest_silence_seconds;
    }
    list.push_back(std::move(clip));
  }
  return list;
}

}  // namespace

Json doctor_json(const DoctorReport& report) {
  Json lengths = Json::array(), formats = Json::array(), parts = Json::array();
  for (const LengthSummary& genre : report.lengths)
    lengths.push_back({{"genre", genre.genre},
                       {"clips", genre.clips},
                       {"unreadable", genre.unreadable},
                       {"artists", genre.artists},
                       {"shortest", genre.shortest},
                       {"median", genre.median},
                       {"longest", genre.longest},
                       {"total", genre.total}});
  for (const FormatCount& format : report.formats)
    formats.push_back({{"container", format.container},
                       {"sample_rate", format.sample_rate},
                       {"channels", format.channels},
                       {"clips", format.clips}});
  for (const PartOverlap& overlap : report.parts)
    parts.push_back({{"parts", {overlap.one, overlap.other}}, {"artists", overlap.artists}});
  return {{"dataset", report.dataset.name},
          {"root", report.dataset.root.string()},
          {"findings", findings_json(report)},
          {"left_out", ids(report, report.left_out)},
          {"lengths", std::move(lengths)},
          {"formats", std::move(formats)},
          {"artists_in_two_parts", std::move(parts)},
          {"passed_over", report.passed_over},
          {"clips", clips_json(report)}};
}

}  // namespace genretrack

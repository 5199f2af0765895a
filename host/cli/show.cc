// genretrack show: the transforms of a recording, or of a part of it, as a page or as a picture.
#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "host/cli/commands.h"
#include "host/cli/recording_pictures.h"
#include "host/cli/spec_features.h"
#include "host/core/error.h"
#include "host/core/files.h"
#include "host/core/utf8.h"
#include "host/report/features_page.h"
#include "host/report/page.h"
#include "host/spec/nearest_name.h"

namespace genretrack {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

struct ShowOptions {
  fs::path audio, output, spec;
  std::string start, seconds, pictures = "spectrogram,percussion,mfcc,chromagram";
};

struct FileKind {
  std::string_view suffix;
  int columns;  // of the widest heat map
  std::string (*make)(const std::string& title, const std::string& text,
                      const std::vector<Picture>& pictures);
};

std::string page_of(const std::string& title, const std::string& text, const std::vector<Picture>& pictures) {
  return features_page(title, {text}, pictures);
}

constexpr std::array kFileKinds = {
    FileKind{".html", kPageColumns, page_of}, FileKind{".htm", kPageColumns, page_of},
    FileKind{".png", kFileColumns, pictures_png}, FileKind{".svg", kFileColumns, pictures_svg}};

const FileKind& kind_of_file(const fs::path& output) {
  std::string suffix = output.extension().string();
  std::transform(suffix.begin(), suffix.end(), suffix.begin(), [](unsigned char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : static_cast<char>(c);
  });
  for (const FileKind& kind : kFileKinds)
    if (kind.suffix == suffix) return kind;
  throw Error(ErrorKind::kUsage,
              fmt::format("-o {}: names no kind of file that show can write; end it in .html, .png or .svg",
                          output.string()));
}

// Names that stand for others: what specs call them.
std::vector<PictureKind> kinds_named(const std::string& name_given, PercussionKind percussion) {
  if (name_given == "percussion") return {picture_of(percussion)};
  if (name_given == "hpss") return {PictureKind::kHarmonic, PictureKind::kPercussive};
  std::vector<PictureKind> kinds;
  for (std::size_t i = 0; i < kPictureNames.size(); ++i)
    if (name_given == "all" || name_given == kPictureNames[i]) kinds.push_back(static_cast<PictureKind>(i));
  if (!kinds.empty()) return kinds;
  std::vector<std::string> names(kPictureNames.begin(), kPictureNames.end());
  for (const char* group : {"percussion", "hpss", "all"}) names.emplace_back(group);
  throw Error(ErrorKind::kUsage,
              fmt::format("--pictures: \"{}\" is no picture{}", name_given, suggestion(name_given, names)));
}

// In the order given, each once.
std::vector<PictureKind> kinds_of(const std::string& list, PercussionKind percussion) {
  std::vector<PictureKind> kinds;
  for (std::size_t begin = 0; begin <= list.size();) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    for (const PictureKind kind : kinds_named(list.substr(begin, end - begin), percussion))
      if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end()) kinds.push_back(kind);
    begin = end + 1;
  }
  return kinds;
}

std::string length_text(double seconds) {
  return seconds < 1 ? fmt::format("{:.1f} ms", 1000 * seconds) : time_text(seconds);
}

std::string part_text(const RecordingPictures& shown) {
  const double end = shown.start + shown.seconds;
  return time_text(shown.start, end) + " to " + time_text(end);
}

std::string describe(const RecordingPictures& shown, bool whole) {
  return fmt::format("{}, {} Hz, {}{}", length_text(shown.recording_seconds), shown.file_sample_rate,
                     shown.file_channels == 1 ? "mono" : fmt::format("{} channels", shown.file_channels),
                     whole ? "" : "; shown: " + part_text(shown));
}

Json json_of(const ShowOptions& options, const FeatureParams& params, const RecordingPictures& shown) {
  Json pictures = Json::array();
  for (const PictureSummary& summary : shown.summaries)
    pictures.push_back({{"name", name(summary.kind)},
                        {"shape", {summary.rows, summary.frames}},
                        {"min", summary.least},
                        {"max", summary.most}});
  return {{"path", options.audio.string()},
          {"seconds", shown.recording_seconds},
          {"start", shown.start},
          {"seconds_shown", shown.seconds},
          {"file_sample_rate", shown.file_sample_rate},
          {"sample_rate", params.sample_rate},
          {"pictures", pictures},
          {"output", options.output.string()}};
}

void print_text(const ShowOptions& options, const RecordingPictures& shown, const std::string& text) {
  std::string names;
  for (std::size_t i = 0; i < shown.summaries.size(); ++i) {
    if (i > 0) names += i + 1 == shown.summaries.size() ? " and " : ", ";
    names += name(shown.summaries[i].kind);
  }
  std::cout << options.output.string() << ": " << names << " of " << options.audio.string() << " (" << text
            << ")\n";
}

void show(ShowOptions options, const GlobalOptions& global) {
  if (options.output.empty()) options.output = fs::path(options.audio.filename()).replace_extension(".html");
  const FileKind& file = kind_of_file(options.output);
  const double start = options.start.empty() ? 0 : parse_time("--start", options.start);
  const double seconds = options.seconds.empty() ? kDefaultSeconds : parse_time("--seconds", options.seconds);
  const FeatureParams params = options.spec.empty() ? FeatureParams{} : features_of_spec(options.spec);
  const std::vector<PictureKind> kinds = kinds_of(options.pictures, params.percussion);

  const RecordingPictures shown =
      recording_pictures(options.audio, params, global.device, start, seconds, kinds, file.columns);
  const bool whole = shown.start == 0 && shown.seconds >= shown.recording_seconds;
  if (options.seconds.empty() && shown.start + shown.seconds < shown.recording_seconds)
    spdlog::info("{} lasts {}; {} is shown: choose a part with --start and --seconds",
                 one_line(options.audio.string()), length_text(shown.recording_seconds), part_text(shown));
  const std::string title = one_line(options.audio.filename().string());
  const std::string text = describe(shown, whole);
  write_file_atomically(options.output, file.make(title, text, shown.pictures));
  if (global.json)
    std::cout << json_of(options, params, shown).dump(2, ' ', false, Json::error_handler_t::replace) << "\n";
  else
    print_text(options, shown, text);
}

}  // namespace

void add_show(CLI::App& app, GlobalOptions& global) {
  auto options = std::make_shared<ShowOptions>();
  CLI::App* sub =
      app.add_subcommand("show", "the transforms of one recording, or of a part of it, as pictures");
  sub->add_option("AUDIO", options->audio, "a recording: wav, au, flac, ogg, mp3 or opus")
      ->required()
      ->type_name("");
  sub->add_option("-o,--output", options->output,
                  "a page (.html) or a picture (.png, .svg); default: the recording's name with .html, here")
      ->type_name("FILE");
  sub->add_option("--pictures", options->pictures,
                  "which, with commas between: spectrogram, flux, tempogram, harmonic, percussive, mfcc, "
                  "chromagram; percussion (the spec's kind, else flux), hpss (both parts), all; default: "
                  "spectrogram,percussion,mfcc,chromagram")
      ->type_name("LIST");
  sub->add_option("--start", options->start,
                  "where the part that is shown begins: 90, 1:30 or 1:02:03.5; default: the beginning")
      ->type_name("TIME");
  sub->add_option("--seconds", options->seconds,
                  fmt::format("how long it is, at most {}; default: the rest, up to {}", kMostSeconds,
                              kDefaultSeconds))
      ->type_name("N");
  sub->add_option("--spec", options->spec,
                  "experiment file whose \"features\" to show, but for clip_seconds (default: defaults)")
      ->type_name("FILE");
  sub->footer(
      "Of a long recording only the part is read. Its values are those of the whole recording, but for the\n"
      "floor 80 dB below the loudest and the tuning, which are the part's own.\n\n"
      "Examples:\n"
      "  genretrack show song.mp3\n"
      "  genretrack show song.mp3 -o song.svg --pictures tempogram,hpss\n"
      "  genretrack show mix.flac --start 1:02:03.5 --seconds 20 --pictures all -o drop.png");
  sub->callback([options, &global] { show(*options, global); });
}

}  // namespace genretrack

// genretrack show: the four transforms of one recording, as a page or as one PNG file.
#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "host/audio/decode.h"
#include "host/cli/commands.h"
#include "host/cli/transform_pictures.h"
#include "host/core/error.h"
#include "host/core/files.h"
#include "host/report/features_page.h"
#include "host/report/page.h"

namespace genretrack {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr double kLongest = 600;  // seconds; more does not fit a screen

struct ShowOptions {
  fs::path audio, output;
};

struct Shown {
  Recording recording;
  FeatureParams params;
  std::vector<std::vector<float>> values;  // by transform, (rows, frame_count)
};

bool is_png(const fs::path& output) {
  std::string suffix = output.extension().string();
  std::transform(suffix.begin(), suffix.end(), suffix.begin(), [](unsigned char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : static_cast<char>(c);
  });
  if (suffix == ".png") return true;
  if (suffix == ".html" || suffix == ".htm") return false;
  throw Error(ErrorKind::kUsage,
              fmt::format("-o {}: names no kind of file that show can write; end it in .html or .png",
                          output.string()));
}

Shown transform(const fs::path& audio, const GlobalOptions& global) {
  Shown shown;
  shown.recording = decode(audio, shown.params.sample_rate, kLongest);
  shown.params.clip_seconds = static_cast<double>(shown.recording.size()) / shown.params.sample_rate;
  const Pcm samples = std::visit([](const auto& s) -> Pcm { return std::span(s); }, shown.recording.samples);
  ClipFeatures features;
  for (const Transform t : kTransforms) {
    auto& values = shown.values.emplace_back(static_cast<std::size_t>(shown.params.rows(t)) *
                                             static_cast<std::size_t>(shown.params.frame_count()));
    features.rows[static_cast<std::size_t>(t)] = values;
  }
  make_feature_extractor(resolve(global.device, shown.params), shown.params)
      ->extract({&samples, 1}, {&features, 1});
  return shown;
}

std::string describe(const Recording& recording) {
  const std::string length = recording.seconds < 1 ? fmt::format("{:.1f} ms", 1000 * recording.seconds)
                                                   : fmt::format("{:.1f} s", recording.seconds);
  return fmt::format(
      "{}, {} Hz, {}", length, recording.file_sample_rate,
      recording.file_channels == 1 ? "mono" : fmt::format("{} channels", recording.file_channels));
}

Json json_of(const ShowOptions& options, const Shown& shown) {
  Json transforms = Json::array();
  for (const Transform t : kTransforms) {
    const std::vector<float>& values = shown.values[static_cast<std::size_t>(t)];
    const auto [least, most] = std::minmax_element(values.begin(), values.end());
    transforms.push_back({{"name", name(t)},
                          {"shape", {shown.params.rows(t), shown.params.frame_count()}},
                          {"min", *least},
                          {"max", *most}});
  }
  return {{"path", options.audio.string()},
          {"seconds", shown.recording.seconds},
          {"seconds_shown", shown.params.clip_seconds},
          {"file_sample_rate", shown.recording.file_sample_rate},
          {"sample_rate", shown.params.sample_rate},
          {"transforms", transforms},
          {"output", options.output.string()}};
}

void show(ShowOptions options, const GlobalOptions& global) {
  if (options.output.empty()) options.output = fs::path(options.audio.filename()).replace_extension(".html");
  const bool png = is_png(options.output);
  const Shown shown = transform(options.audio, global);
  const std::string title = valid_utf8(options.audio.filename().string());
  std::string text = describe(shown.recording);
  if (shown.recording.seconds > kLongest) text += "; the first 10 minutes are shown";
  const std::vector<Picture> pictures = transform_pictures(shown.params, shown.values);
  write_file_atomically(options.output,
                        png ? pictures_png(title, text, pictures) : features_page(title, {text}, pictures));
  if (global.json)
    std::cout << json_of(options, shown).dump(2, ' ', false, Json::error_handler_t::replace) << "\n";
  else
    std::cout << options.output.string() << ": the four transforms of " << options.audio.string() << " ("
              << text << ")\n";
}

}  // namespace

void add_show(CLI::App& app, GlobalOptions& global) {
  auto options = std::make_shared<ShowOptions>();
  CLI::App* sub = app.add_subcommand("show", "the four transforms of one recording as pictures");
  sub->add_option("AUDIO", options->audio, "a recording: wav, au, flac, ogg, mp3 or opus")
      ->required()
      ->type_name("");
  sub->add_option("-o,--output", options->output,
                  "a page (.html) or a picture (.png); default: the recording's name with .html, here")
      ->type_name("FILE");
  sub->footer(
      "Examples:\n"
      "  genretrack show song.mp3\n"
      "  genretrack show song.mp3 -o song.png");
  sub->callback([options, &global] { show(*options, global); });
}

}  // namespace genretrack

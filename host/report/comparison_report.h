// A comparison as text for a terminal, as Markdown for a paper, as one JSON document, as a table for pandas
// and as a page.
#pragma once

#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "host/report/comparison_model.h"

namespace genretrack {

std::string comparison_text(const Comparison& comparison);
std::string comparison_markdown(const Comparison& comparison);  // the main tables
nlohmann::ordered_json comparison_json(const Comparison& comparison);

// A row per run. Names that a spreadsheet would take for formulas get an apostrophe before them.
std::string comparison_csv(const Comparison& comparison);
std::string spreadsheet_text(const std::string& text);

// TensorBoard's event files: FOLDER/<run>/<training>/<branch> with the curves of training, and
// FOLDER/<run>/test with the figures of the test clips. Throws Error(kData) where it cannot be written.
void write_comparison_events(const Comparison& comparison, const std::filesystem::path& folder);

// The text as one line that Markdown shows and does not obey.
std::string markdown_text(const std::string& plain);

// Pictures of a clip's transforms: what each shows, and the bytes of a PNG file. Empty where there are none.
using ClipPictures = std::vector<std::pair<std::string, std::string>>;
using PicturesOfClip = std::function<ClipPictures(const std::string& clip)>;

// Self-contained HTML. `pictures` is asked about clips that changed hands, a few for each candidate.
std::string comparison_page(const Comparison& comparison, const PicturesOfClip& pictures = {});

}  // namespace genretrack

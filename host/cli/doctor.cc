// genretrack doctor: what is wrong with a data set.
#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include <iostream>
#include <limits>
#include <memory>

#include "host/cli/commands.h"
#include "host/cli/doctor_report.h"
#include "host/core/error.h"
#include "host/core/files.h"
#include "host/core/utf8.h"
#include "host/dataset/dataset.h"
#include "host/report/progress.h"

namespace genretrack {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kNamedOfEach = 20;

struct DoctorArguments {
  fs::path dataset, html, manifest;
  bool all = false, strict = false;
};

fs::path folder_of(const fs::path& file) {
  return file.has_parent_path() ? file.parent_path() : fs::path(".");
}

// What is written may lie beside recordings, but it must not be one of them, nor the manifest that is
// examined.
void refuse_to_overwrite(const fs::path& output, const fs::path& dataset_path, const Dataset& dataset) {
  std::error_code ignored;
  if (output.empty() || !fs::exists(output, ignored)) return;
  bool part_of_dataset = fs::equivalent(output, dataset_path, ignored);
  for (const Clip& clip : dataset.clips) part_of_dataset |= fs::equivalent(output, clip.path, ignored);
  if (part_of_dataset)
    throw Error(
        ErrorKind::kUsage,
        output.string() + " belongs to the data set, in which doctor changes nothing; name another file");
}

// A table that doctor did not write may be a data set's own, such as FMA's.
void refuse_to_replace_table(const fs::path& manifest, const fs::path& page) {
  std::error_code ignored;
  if (manifest.empty()) return;
  if (!page.empty() && fs::absolute(manifest).lexically_normal() == fs::absolute(page).lexically_normal())
    throw Error(ErrorKind::kUsage,
                manifest.string() + " is asked for as page and as manifest; name two files");
  if (!fs::exists(manifest, ignored) || fs::file_size(manifest, ignored) == 0) return;
  if (!fs::is_regular_file(manifest, ignored) || !read_file(manifest).starts_with(manifest_header()))
    throw Error(ErrorKind::kUsage, manifest.string() +
                                       " exists and is no manifest that doctor wrote; name another file, or "
                                       "remove it first");
}

void write_manifest(const DoctorReport& report, const fs::path& path) {
  write_file_atomically(path, clean_manifest(report, folder_of(path)));
  std::string message = fmt::format("{}: {} left, {} left out", one_line(path.string()),
                                    counted(report.dataset.clips.size() - report.left_out.size(), "clip"),
                                    report.left_out.size());
  const fs::path below = fs::absolute(report.dataset.root)
                             .lexically_normal()
                             .lexically_relative(fs::absolute(folder_of(path)).lexically_normal());
  if (below.empty() || *below.begin() == "..")
    message +=
        fmt::format("; it lies outside the data set's folder: give commands that read it --data-root {}",
                    one_line(report.dataset.root.string()));
  spdlog::info("{}", message);
}

bool has_errors(const DoctorReport& report) {
  return !report.findings.empty() && report.findings.front().severity == Severity::kError;
}

void run_doctor(const DoctorArguments& arguments, const GlobalOptions& global) {
  const fs::path path = find_data(arguments.dataset, global.data_root);
  Dataset dataset = read_dataset(path, {.data_root = global.data_root});
  for (const std::string& note : dataset.notes)
    spdlog::info("{}: {}", one_line(dataset.name), one_line(note));
  refuse_to_overwrite(arguments.html, path, dataset);
  refuse_to_overwrite(arguments.manifest, path, dataset);
  refuse_to_replace_table(arguments.manifest, arguments.html);
  DoctorOptions options;
  options.threads = thread_count(global);
  options.search_folders = fs::is_directory(path);
  DoctorReport report;
  {
    Progress progress("examining", "clips");
    options.progress = [&](std::size_t done, std::size_t total) { progress.update(done, total); };
    report = examine_dataset(std::move(dataset), options);
  }
  // Files first: where one cannot be written, nothing on stdout says that all went well.
  if (!arguments.html.empty()) write_file_atomically(arguments.html, doctor_page(report));
  if (!arguments.manifest.empty()) write_manifest(report, arguments.manifest);
  if (global.json)
    std::cout << doctor_json(report).dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
  else
    std::cout << doctor_text(report, arguments.all ? std::numeric_limits<std::size_t>::max() : kNamedOfEach);
  if (arguments.strict && has_errors(report))
    throw Error(ErrorKind::kData, "the data set has errors, and --strict makes that a failure");
}

}  // namespace

void add_doctor(CLI::App& app, GlobalOptions& global) {
  auto arguments = std::make_shared<DoctorArguments>();
  CLI::App* command = app.add_subcommand("doctor", "what is wrong with a data set, and what to do about it");
  command
      ->add_option("DATASET", arguments->dataset,
                   "folder with one folder of recordings per genre, FMA's folder, or CSV with the columns "
                   "path and genre")
      ->required();
  command->add_option("--html", arguments->html, "write a page with all findings, tables and charts")
      ->type_name("FILE");
  command
      ->add_option("--write-manifest", arguments->manifest,
                   "write a CSV for cache and run, without the clips that cannot serve and without copies")
      ->type_name("FILE");
  command->add_flag("--all", arguments->all,
                    fmt::format("name every finding, not only the first {} of each kind", kNamedOfEach));
  command->add_flag("--strict", arguments->strict, "exit with 4 where errors were found, for scripts");
  command->footer(
      "Every recording is read once, whole; nothing in the data set is changed. Findings are results: the "
      "exit\n"
      "code is 0 with and without them, unless --strict is given.\n\n"
      "Examples:\n"
      "  genretrack doctor gtzan/genres\n"
      "  genretrack doctor collection.csv --html doctor.html --write-manifest clean.csv");
  command->callback([arguments, &global] { run_doctor(*arguments, global); });
}

}  // namespace genretrack

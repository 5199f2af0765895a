// What the doctor found, as text for a terminal, as a JSON document and as a page.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "host/doctor/examine_dataset.h"

namespace genretrack {

// "339 clips of 10 genres, 2 h 50 min; 20 errors, 6 warnings, 12 notes"
std::string doctor_summary(const DoctorReport& report);

// Findings of one kind and severity are together, the worst first. At most `most` of each are named.
std::string doctor_text(const DoctorReport& report, std::size_t most);
nlohmann::ordered_json doctor_json(const DoctorReport& report);
std::string doctor_page(const DoctorReport& report);

// Findings of one kind and severity, in the order of the report.
std::vector<std::vector<const Finding*>> group_findings(const DoctorReport& report);

// The clips of a finding, or its subject: "pop/a.wav = pop/b.wav", "blues", "12 clips".
std::string subject_of(const DoctorReport& report, const Finding& finding);

// "1 clip", "2 clips"
std::string counted(std::size_t count, const std::string& one);

}  // namespace genretrack

// Charts of the doctor's page, as Vega specifications.
#pragma once

#include <nlohmann/json.hpp>

#include "host/doctor/examine_dataset.h"

namespace genretrack {

// Of the readable clips, by genre: a thin line from the least to the largest value, a thick one for the
// middle half, a dot for the median.
nlohmann::json length_chart(const DoctorReport& report);
nlohmann::json level_chart(const DoctorReport& report);

}  // namespace genretrack

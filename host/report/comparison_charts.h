// Vega specifications of a comparison's charts. Their width is a signal that the page sets.
#pragma once

#include <nlohmann/json.hpp>

#include "host/report/comparison_model.h"

namespace genretrack {

// Accuracy of the runs that are shown in detail as dots with its interval, the reference marked.
nlohmann::json accuracy_chart(const Comparison& comparison);

// Gain of every candidate that is shown in detail, with its interval; a line at no gain.
nlohmann::json forest_chart(const Comparison& comparison);

// Gain in recall of every genre, with its interval, a colour per candidate.
nlohmann::json genre_gains_chart(const Comparison& comparison);

// Accuracy over confidence, before and after temperature, with consistency bars around the diagonal.
nlohmann::json reliability_chart(const ComparedRun& run);

// Confusion matrix of one run: truth in rows, shares of the row as colour, counts as text.
nlohmann::json confusion_chart(const ComparedRun& run);

// Training and validation loss over epochs, a line per training and branch; the epoch that was kept is a dot.
nlohmann::json training_chart(const ComparedRun& run);

}  // namespace genretrack

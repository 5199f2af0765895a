// Vega specifications of a comparison's charts. Their width is a signal that the page sets.
#pragma once

#include <nlohmann/json.hpp>

#include "host/report/comparison_model.h"

namespace genretrack {

// Accuracy of every run as a dot with its interval, the reference marked.
nlohmann::json accuracy_chart(const Comparison& comparison);

// Confusion matrix of one run: truth in rows, shares of the row as colour, counts as text.
nlohmann::json confusion_chart(const ComparedRun& run);

// Training and validation loss over epochs, a line per training and branch; the epoch that was kept is a dot.
nlohmann::json training_chart(const ComparedRun& run);

}  // namespace genretrack

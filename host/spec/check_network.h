// What the fields of one network say together.
#pragma once

#include <string>

#include "host/spec/spec_reader.h"

namespace genretrack {

// Of the network at pointer `at`, whose input has `rows` x `frames`: fills defaults that depend on other
// fields, and refuses what cannot be built, as SpecSource::refuse does.
void check_network(const SpecSource& source, BranchSpec& branch, const std::string& at, int rows, int frames);

}  // namespace genretrack

// What must hold of every split, and what reports must say about it.
#pragma once

#include <string>
#include <vector>

#include "host/dataset/dataset.h"
#include "host/dataset/split.h"

namespace genretrack {

// Throws Error(kData) that names the part and the genre which has no clip in it.
void check_parts(const Dataset& dataset, const Split& split);

// A sound (by name) in two parts; an artist in two parts where the artists were to be kept apart.
// `listed_validation`: the validation part came with the data, it was not taken from the training part.
// Throws Error(kData), or with allow_leakage adds a note; an artist overlap that was not to be avoided is a
// note.
void check_leakage(const Dataset& dataset, const SplitParams& params, bool listed_validation, Split& split);

// Whether somebody wrote the split down, so that it is taken as it stands.
bool is_listed(SplitType type);

// The same for recordings whose content says that they are the same: keys are by clip, equal for one sound,
// empty for a clip that is like no other; `how` says what equal means (", equal byte for byte"). No two parts
// may share one. Throws Error(kData) that names the clips, or with allow_leakage adds to notes, leaks and
// name.
void check_same(const Dataset& dataset, const SplitParams& params, const std::vector<std::string>& keys,
                const std::string& how, Split& split);

// Adds notes on unknown artists and small parts.
void note_limits(const Dataset& dataset, const SplitParams& params, bool listed_validation, Split& split);

}  // namespace genretrack

// Splits that somebody has written down.
#pragma once

#include "host/dataset/dataset.h"
#include "host/dataset/split.h"

namespace genretrack {

// The published artist-filtered three folds of GTZAN (Foleiss and Tavares 2020): each is tested by what the
// other two train. The artists of data/gtzan.csv and those folds differ in places, so a training part leaves
// out clips of an artist or a sound that its fold tests, unless leakage is allowed. Throws Error(kData) for
// clips that are not of GTZAN.
void split_by_artist_folds(const Dataset& dataset, const SplitParams& params, Split& split);

// A CSV with the columns clip (or path) and part, and if wanted fold: a line per clip and fold. A clip is
// named by its id or by its path, from the file's folder or the data root. Parts are train, validation, test
// or empty. split.csv of a run folder is such a file. Throws Error(kData) with file and line.
void split_by_file(const Dataset& dataset, const SplitParams& params, Split& split);

}  // namespace genretrack

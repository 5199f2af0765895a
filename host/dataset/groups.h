// Clips that must stay on one side of a split, and how such groups are divided.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "host/core/random.h"
#include "host/dataset/dataset.h"
#include "host/dataset/split.h"

namespace genretrack {

using ClipList = std::vector<std::size_t>;  // indices into Dataset::clips, ascending

// Equal for clips of one sound: the same file (through any link), the same GTZAN stem, or a known replica.
std::string sound_key(const Clip& clip);

// The clips in groups, ordered by their first clip. Clips of one sound are always together; with kArtist also
// those of one artist (spelled with other capitals or punctuation, too). Unknown artists join nothing.
std::vector<ClipList> make_groups(const Dataset& dataset, const ClipList& clips, Grouping grouping);

// How many groups have clips of each genre, by genre index.
std::vector<std::size_t> groups_per_genre(const Dataset& dataset, const std::vector<ClipList>& groups);

// The clips of whole groups, chosen so that each genre gives `fraction` of its clips as nearly as whole
// groups allow, at least one, never all. Where a genre has one group only, it gives none.
ClipList choose_part(const Dataset& dataset, const std::vector<ClipList>& groups, double fraction,
                     Random& random);

// All groups dealt to `folds` parts, balanced per genre: the largest first, each to the part that has least
// of its genres.
std::vector<ClipList> deal_folds(const Dataset& dataset, const std::vector<ClipList>& groups, int folds,
                                 Random& random);

}  // namespace genretrack

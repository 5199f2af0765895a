// Small pictures of the transforms of clips, from the feature caches that runs were trained on.
#pragma once

#include "host/report/comparison_report.h"

namespace genretrack {

// Looks for the cache that a run's environment.json names: there, and in .cache beside the run's folder. A
// clip has no pictures where no cache is at hand or none holds it; a cache that cannot be used is named in a
// message, once.
PicturesOfClip clip_pictures(const Comparison& comparison);

}  // namespace genretrack

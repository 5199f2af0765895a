#pragma once

#include "cuda/features/workspace.h"

namespace genretrack {

// Queues, in the slot's stream, all that lies between copying samples in and transforms out.
void queue_transforms(const FeatureShape& shape, const DeviceTables& tables, const Slot& slot, int clips);

}  // namespace genretrack

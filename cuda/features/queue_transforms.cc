#include "cuda/features/queue_transforms.h"

#include "cuda/features/kernels.h"

namespace genretrack {

void queue_transforms(const FeatureShape& shape, const DeviceTables& tables, const Slot& slot, int clips) {
  const Chunk chunk = slot.view();
  const cudaStream_t stream = slot.stream();
  slot.clear_facts();
  place_samples(shape, chunk, clips, stream);
  slot.plan().execute(chunk.samples, chunk.spectrum);
  transform_frames(shape, tables, chunk, clips, stream);
  if (shape.estimate_tuning) {
    estimate_tuning(shape, chunk, clips, stream);
    chroma_frames(shape, tables, chunk, clips, stream);
  }
  floor_and_flux(shape, chunk, clips, stream);
  if (shape.linear) floor_linear(shape, chunk, clips, stream);
  mfcc_rows(shape, tables, chunk, clips, stream);
  if (shape.percussion == PercussionKind::kTempogram) tempogram_rows(shape, tables, chunk, clips, stream);
  if (shape.separates()) {  // last, as it takes the places of the spectrum and the mel map
    separate_part(shape, tables, chunk, clips, stream);
    floor_part(shape, chunk, clips, stream);
  }
}

}  // namespace genretrack

// The steps of a chunk, in their order; each is queued in the stream and returns. `clips` of the chunk's
// places are in use. Each throws where it cannot be queued.
#pragma once

#include <cuda_runtime_api.h>

#include "cuda/features/shapes.h"

namespace genretrack {

// PCM of either kind to floats with the profile's padding around each clip, looking for unusable samples on
// the way.
void place_samples(const FeatureShape& shape, const Chunk& chunk, int clips, cudaStream_t stream);

// Everything that a frame's power gives while it is in shared memory: mel bands in dB and their maximum over
// the clip, every bin in dB where the spectrogram is linear, the power itself where parts are separated, and
// either the peaks that the tuning is estimated from, or chroma.
void transform_frames(const FeatureShape& shape, const DeviceTables& tables, const Chunk& chunk, int clips,
                      cudaStream_t stream);

// The fullest bin of the histogram of each clip's peaks, into tuning_bin.
void estimate_tuning(const FeatureShape& shape, const Chunk& chunk, int clips, cudaStream_t stream);

// Chroma by the bank of each clip's tuning_bin, from the spectrum.
void chroma_frames(const FeatureShape& shape, const DeviceTables& tables, const Chunk& chunk, int clips,
                   cudaStream_t stream);

// Spectrogram and flux, as far as they are asked for, from mel_db and top.
void floor_and_flux(const FeatureShape& shape, const Chunk& chunk, int clips, cudaStream_t stream);

// The percussion of a separated part from mel_db and part_top.
void floor_part(const FeatureShape& shape, const Chunk& chunk, int clips, cudaStream_t stream);

// The floor of the linear spectrogram, in place.
void floor_linear(const FeatureShape& shape, const Chunk& chunk, int clips, cudaStream_t stream);

// MFCC from mel_db and top, and their differences over time.
void mfcc_rows(const FeatureShape& shape, const DeviceTables& tables, const Chunk& chunk, int clips,
               cudaStream_t stream);

// Onset strength from mel_db and top, and its autocorrelation.
void tempogram_rows(const FeatureShape& shape, const DeviceTables& tables, const Chunk& chunk, int clips,
                    cudaStream_t stream);

// The mel map of the percussive or harmonic part from the power, not floored. Takes the places of spectrum
// and mel_db.
void separate_part(const FeatureShape& shape, const DeviceTables& tables, const Chunk& chunk, int clips,
                   cudaStream_t stream);

}  // namespace genretrack

// The passes over a clip, compiled once per lane width.
#pragma once

#include <cstdint>

#include "host/cpu/features/workspace.h"

namespace genretrack {

// Pointers into `power` are one group's (bins, lanes); the headers named have the passes.
struct Kernels {
  int lanes;
  const char* instructions;
  void (*push_hops_int16)(const std::int16_t* samples, int hop_length, Workspace& w);  // hops.h
  void (*push_hops_float)(const float* samples, int hop_length, Workspace& w);
  void (*power)(const FeatureTables& t, Workspace& w, float* power);  // fft.h
  void (*mel_bands)(const FeatureTables& t, const float* power, int frame, Workspace& w,
                    float* top);  // mel_flux.h
  void (*floor_and_flux)(const FeatureTables& t, float floor_db, Workspace& w, float* spectrogram,
                         float* flux);
  void (*find_peaks)(const FeatureTables& t, const float* power, int valid, Workspace& w);  // tuning.h
  int (*fullest_tuning_bin)(Workspace& w, float least);
  void (*chroma_group)(const FeatureTables& t, const ChromaRuns& bank, const float* power, int frame,
                       float* chroma);                                                   // chroma.h
  void (*mfcc_rows)(const FeatureTables& t, float floor_db, Workspace& w, float* mfcc);  // mfcc.h
  void (*linear_bins)(const FeatureTables& t, const float* power, int frame, float* spectrogram,
                      float* top);  // linear.h
  void (*floor_values)(float floor_db, float* values, std::size_t count);
  void (*tempogram)(const FeatureTables& t, Workspace& w, float* tempogram);  // tempogram.h
  void (*medians_over_time)(const FeatureTables& t, const float* power, int first, Workspace& w);  // hpss.h
  void (*masked_power)(const FeatureTables& t, const float* power, const float* over_time, float* result);
};

// params.n_fft chooses the FFT; it is a power of two from 256 to 8192.
Kernels make_kernels_16(const FeatureParams& params);  // needs AVX-512 (x86-64-v4)
Kernels make_kernels_8(const FeatureParams& params);   // needs AVX2 and FMA (x86-64-v3)
Kernels make_kernels_4(const FeatureParams& params);   // runs everywhere

// Throws Error(kUnsupported) where the processor lacks the instructions, Error(kUsage) for another width.
Kernels make_kernels(int lanes, const FeatureParams& params);

}  // namespace genretrack

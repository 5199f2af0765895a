// Onset strength (librosa.onset.onset_strength): the flux of a mel map in dB, averaged over the bands.
#pragma once

namespace genretrack {

// Frames by which onset strength is later than the flux, because librosa counts a frame of a centred
// spectrogram as heard at its end. Nothing is known of the frames before.
constexpr int onset_delay(int n_fft, int hop_length) { return n_fft / (2 * hop_length); }

}  // namespace genretrack

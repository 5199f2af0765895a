// Figures about a signal, gathered in one pass over its samples.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace genretrack {

inline constexpr double kSilentLevel = 1e-3;  // -60 dBFS, of full scale 1

struct ChannelStats {
  double peak = 0, rms = 0, mean = 0;  // of full scale 1; rms without the mean
  std::uint64_t clipped = 0;           // samples in runs of three or more at full scale
  std::uint64_t longest_run = 0;       // of those, samples
  double first_clipped_seconds = 0;
};

struct SignalStats {
  std::uint64_t frames = 0;
  std::vector<ChannelStats> channels;
  double mono_rms = 0;        // of the channels' average, without the mean
  double difference_rms = 0;  // of second channel minus first, where there are two or more
  double longest_silence_seconds = 0, longest_silence_at = 0;
};

// Takes blocks of frames, then says what they were.
class SignalMeter {
 public:
  SignalMeter(int sample_rate, int channels);

  // `frames` is (frame, channel), `mono` its average (frame).
  void push(std::span<const float> frames, std::span<const float> mono);
  SignalStats finish();

 private:
  struct Sums {
    double sum = 0, squares = 0;
    std::uint64_t run = 0;
    void add(double value) { sum += value, squares += value * value; }
  };
  void take_channel(std::size_t channel, std::span<const float> frames);
  void end_run(std::size_t channel, std::uint64_t end);
  void end_silence(std::uint64_t end);
  double rms(const Sums& sums) const;

  double rate_;
  SignalStats stats_;
  std::vector<Sums> sums_;  // by channel
  Sums mono_, difference_;
  std::size_t quiet_block_frames_;
  double quiet_squares_ = 0;  // of the block that is not full yet
  std::size_t in_block_ = 0;
  std::uint64_t silence_begin_ = 0;  // frame since which every block was silent
  bool silent_ = false;
};

}  // namespace genretrack

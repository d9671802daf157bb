// How the calls of the last minutes went.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>

#include "base/time.h"
#include "participants/limits.h"

namespace saga::participants {

enum class CallQuality : std::uint8_t { kFine, kFailed };

// Counts and a histogram of durations, in slices that are forgotten one by one.
// Threads: one at a time: the owner locks. Time is an argument and never goes back.
class RecentCalls {
 public:
  struct Summary {
    std::uint64_t calls = 0;
    double error_ratio = 0;
    std::chrono::microseconds p99{0};  // Within 20 %.
  };

  void Add(SteadyTime now, std::chrono::microseconds took, CallQuality quality);
  Summary Summarise(SteadyTime now);

 private:
  // Four per octave, from 16 µs to 18 minutes.
  static constexpr std::size_t kBuckets = 104;

  struct Slice {
    std::uint64_t calls = 0;
    std::uint64_t failed = 0;
    std::array<std::uint32_t, kBuckets> durations{};
  };

  static std::size_t BucketOf(std::chrono::microseconds took);
  static std::chrono::microseconds UpperEdge(std::size_t bucket);
  Slice& SliceAt(SteadyTime now);

  std::array<Slice, kRecentSlices> slices_{};
  std::int64_t current_ = 0;  // Number of the newest slice since the clock's beginning.
};

}  // namespace saga::participants

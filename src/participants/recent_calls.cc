#include "participants/recent_calls.h"

#include <algorithm>
#include <bit>

namespace saga::participants {

std::size_t RecentCalls::BucketOf(std::chrono::microseconds took) {
  const auto micros = static_cast<std::uint64_t>(std::max<std::int64_t>(took.count(), 16));
  const auto octave = static_cast<std::size_t>(std::bit_width(micros)) - 1;  // At least 4.
  const std::size_t quarter = (micros >> (octave - 2)) & 3;
  return std::min((octave - 4) * 4 + quarter, kBuckets - 1);
}

std::chrono::microseconds RecentCalls::UpperEdge(std::size_t bucket) {
  const std::size_t octave = bucket / 4 + 4;
  return std::chrono::microseconds((std::uint64_t{5} + bucket % 4) << (octave - 2));
}

RecentCalls::Slice& RecentCalls::SliceAt(SteadyTime now) {
  const std::int64_t number =
      std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()) / kRecentSlice;
  const std::int64_t behind =
      std::min<std::int64_t>(number - current_, static_cast<std::int64_t>(kRecentSlices));
  for (std::int64_t i = 0; i < behind; ++i) {
    slices_[static_cast<std::size_t>(number - i) % kRecentSlices] = {};
  }
  current_ = std::max(current_, number);
  return slices_[static_cast<std::size_t>(current_) % kRecentSlices];
}

void RecentCalls::Add(SteadyTime now, std::chrono::microseconds took, CallQuality quality) {
  Slice& slice = SliceAt(now);
  ++slice.calls;
  if (quality == CallQuality::kFailed) ++slice.failed;
  ++slice.durations[BucketOf(took)];
}

RecentCalls::Summary RecentCalls::Summarise(SteadyTime now) {
  SliceAt(now);
  Slice sum;
  for (const Slice& slice : slices_) {
    sum.calls += slice.calls;
    sum.failed += slice.failed;
    for (std::size_t i = 0; i < kBuckets; ++i) sum.durations[i] += slice.durations[i];
  }
  Summary summary{.calls = sum.calls};
  if (sum.calls == 0) return summary;
  summary.error_ratio = static_cast<double>(sum.failed) / static_cast<double>(sum.calls);
  std::uint64_t slower = sum.calls / 100;  // These may be slower than the answer.
  for (std::size_t i = kBuckets; i-- > 0;) {
    if (sum.durations[i] > slower) {
      summary.p99 = UpperEdge(i);
      break;
    }
    slower -= sum.durations[i];
  }
  return summary;
}

}  // namespace saga::participants

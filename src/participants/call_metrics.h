// What is counted of calls and participants, for /metrics.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include "base/metrics.h"
#include "base/mutex.h"
#include "base/status.h"
#include "orchestrator/catalog.h"
#include "orchestrator/core/definition.h"

namespace saga::participants {

// The calls of one operation of one step, by status code. Threads: any.
class CallMetrics {
 public:
  // `method` is "package.Service/Method".
  CallMetrics(MetricLabels step_labels, std::string method)
      : step_labels_(std::move(step_labels)), method_(std::move(method)) {}

  void Count(StatusCode code, std::chrono::microseconds took);

 private:
  struct Series {
    Counter attempts;
    Histogram durations;
  };
  static constexpr std::size_t kCodes = 17;

  Series MakeSeries(StatusCode code) const;

  const MetricLabels step_labels_;
  const std::string method_;
  Mutex mutex_;
  // Made when first needed: most codes are never seen.
  std::array<std::optional<Series>, kCodes> series_ SAGA_GUARDED_BY(mutex_);
};

// The load of one participant. Threads: any.
class LaneMetrics {
 public:
  explicit LaneMetrics(const ParticipantRecord& record);

  void SetLimit(std::uint32_t limit) const { limit_.Set(limit); }
  void SetLoad(std::uint32_t in_flight, std::size_t waiting) const {
    in_flight_.Set(in_flight);
    waiting_.Set(static_cast<double>(waiting));
  }
  enum class Reach : std::uint8_t { kDown, kUp };
  void SetReach(Reach reach) const { up_.Set(reach == Reach::kUp ? 1 : 0); }

 private:
  LaneMetrics(const MetricLabels& labels);

  const Gauge in_flight_;
  const Gauge waiting_;
  const Gauge limit_;
  const Gauge up_;
};

}  // namespace saga::participants

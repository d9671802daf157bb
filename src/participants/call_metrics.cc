#include "participants/call_metrics.h"

namespace saga::participants {

CallMetrics::Series CallMetrics::MakeSeries(StatusCode code) const {
  MetricLabels labels = step_labels_;
  labels["code"] = StatusCodeName(code);
  return {.attempts = MetricCounter("sagad_step_attempts_total",
                                    "Calls of steps' operations, by their gRPC code.", labels),
          .durations = MetricHistogram(
              "rpc_client_call_duration_seconds", "Calls to participants.", SecondsBounds(),
              {{"rpc_method", method_}, {"rpc_status_code", std::string(StatusCodeName(code))}})};
}

void CallMetrics::Count(StatusCode code, std::chrono::microseconds took) {
  std::optional<Series>* series = nullptr;
  {
    const MutexLock lock(mutex_);
    series = &series_[static_cast<std::size_t>(code)];
    if (!*series) *series = MakeSeries(code);
  }
  (*series)->attempts.Add();
  (*series)->durations.Observe(std::chrono::duration<double>(took).count());
}

LaneMetrics::LaneMetrics(const ParticipantRecord& record)
    : LaneMetrics(MetricLabels{{"participant", record.name_space == "default"
                                                   ? record.name
                                                   : record.name_space + "/" + record.name}}) {}

LaneMetrics::LaneMetrics(const MetricLabels& labels)
    : in_flight_(MetricGauge("sagad_participant_in_flight", "Calls in flight.", labels)),
      waiting_(MetricGauge("sagad_participant_waiting", "Calls that wait for a place.", labels)),
      limit_(MetricGauge("sagad_participant_limit", "Calls in flight at most.", labels)),
      up_(MetricGauge("sagad_participant_up", "0 while it cannot be reached.", labels)) {
  up_.Set(1);
}

}  // namespace saga::participants

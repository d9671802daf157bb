#include "server/live_metrics.h"

#include <chrono>
#include <map>

#include "base/metrics.h"

namespace saga::server {
namespace {

double SecondsOf(const std::map<std::string, TimePoint>& times, const std::string& definition) {
  const auto found = times.find(definition);
  if (found == times.end()) return 0;
  return std::chrono::duration<double>(found->second.time_since_epoch()).count();
}

}  // namespace

void LiveMetrics::Show(const Census& census) {
  for (const auto& [kind, count] : census.sagas) kinds_.insert(kind);
  for (const auto& [definition, at] : census.oldest_live) definitions_.insert(definition);
  for (const Census::Kind& kind : kinds_) {
    const auto found = census.sagas.find(kind);
    MetricGauge("sagad_sagas", "Live sagas.",
                {{"definition", kind.definition},
                 {"state", std::string(SagaStateName(kind.state))},
                 {"health", std::string(SagaHealthName(kind.health))}})
        .Set(found == census.sagas.end() ? 0 : static_cast<double>(found->second));
  }
  for (const std::string& definition : definitions_) {
    MetricGauge("sagad_oldest_running_saga_timestamp_seconds",
                "When the oldest live saga began; 0 = none.", {{"definition", definition}})
        .Set(SecondsOf(census.oldest_live, definition));
    MetricGauge("sagad_oldest_stuck_saga_timestamp_seconds",
                "Since when the first of the stuck sagas waits for a person; 0 = none.",
                {{"definition", definition}})
        .Set(SecondsOf(census.oldest_stuck, definition));
  }
}

}  // namespace saga::server

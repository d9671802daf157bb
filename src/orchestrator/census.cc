#include "orchestrator/census.h"

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <utility>

#include "orchestrator/live_sagas.h"

namespace saga {
namespace {

struct Counted {
  std::map<std::pair<SagaState, SagaHealth>, std::int64_t> sagas;
  std::optional<TimePoint> oldest_live;
  std::optional<TimePoint> oldest_stuck;
};

void TakeEarlier(std::optional<TimePoint>& earliest, TimePoint at) {
  if (!earliest || at < *earliest) earliest = at;
}

void TakeEarlier(std::map<std::string, TimePoint>& earliest, const std::string& definition,
                 TimePoint at) {
  const auto [found, is_new] = earliest.emplace(definition, at);
  if (!is_new) found->second = std::min(found->second, at);
}

Census CensusOf(const std::string& definition, const Counted& counted) {
  Census census;
  for (const auto& [as, sagas] : counted.sagas) {
    census.sagas[{definition, as.first, as.second}] = sagas;
  }
  if (counted.oldest_live) census.oldest_live[definition] = *counted.oldest_live;
  if (counted.oldest_stuck) census.oldest_stuck[definition] = *counted.oldest_stuck;
  return census;
}

}  // namespace

void Census::Add(const Census& other) {
  for (const auto& [kind, count] : other.sagas) sagas[kind] += count;
  for (const auto& [definition, at] : other.oldest_live) TakeEarlier(oldest_live, definition, at);
  for (const auto& [definition, at] : other.oldest_stuck) TakeEarlier(oldest_stuck, definition, at);
}

Census TakeCensus(const LiveSagas& live) {
  // By name only at the end: sagas are many, definitions few.
  std::unordered_map<const Definition*, Counted> definitions;
  live.ForEach([&definitions](const LiveSaga& one) {
    const Saga& saga = one.saga;
    const SagaHealth health = HealthOf(saga);
    Counted& counted = definitions[saga.definition.get()];
    ++counted.sagas[{saga.state, health}];
    TakeEarlier(counted.oldest_live, saga.created);
    if (health == SagaHealth::kStuck) {
      TakeEarlier(counted.oldest_stuck, one.written.attention.since.value_or(saga.updated));
    }
  });
  Census census;
  for (const auto& [definition, counted] : definitions) {
    census.Add(CensusOf(definition->name, counted));
  }
  return census;
}

}  // namespace saga

// How many live sagas there are, for metrics: counted when somebody asks, because a saga changes
// far more often than it is looked at.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "base/time.h"
#include "orchestrator/core/saga.h"

namespace saga {

class LiveSagas;

// Of one shard, or of several together.
struct Census {
  struct Kind {
    std::string definition;
    SagaState state = SagaState::kRunning;
    SagaHealth health = SagaHealth::kOk;
    auto operator<=>(const Kind&) const = default;
  };
  std::map<Kind, std::int64_t> sagas;
  // By definition: when the oldest live saga began, and since when the one that has waited for a
  // person longest does.
  std::map<std::string, TimePoint> oldest_live;
  std::map<std::string, TimePoint> oldest_stuck;

  void Add(const Census& other);
};

// Called on the shard's thread; null = the shard cannot tell now.
using CensusFn = std::function<void(const Census*)>;

// Threads: the shard's. Takes time in proportion to the live sagas, of which kLiveSagasMax are the
// most.
Census TakeCensus(const LiveSagas& live);

}  // namespace saga

// The calls that this node has released and that have not been answered.
#pragma once

#include <map>
#include <vector>

#include "orchestrator/core/effect.h"
#include "orchestrator/core/saga.h"

namespace saga {

// Survives a claim, unlike the sagas: what is under way on this node is not called again after it.
//
// Threads: the shard's.
class InFlightCalls {
 public:
  void Add(const SagaId& saga, const CallParticipant& call) { calls_[saga].push_back(call); }
  void Remove(const SagaId& saga, const CallParticipant& call);
  // Tells a saga that was loaded anew which of its outstanding calls are under way here.
  void MarkIn(Saga& saga) const;
  std::size_t size() const;

 private:
  std::map<SagaId, std::vector<CallParticipant>> calls_;
};

}  // namespace saga

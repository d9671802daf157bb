#include "orchestrator/in_flight_calls.h"

#include <algorithm>

#include "orchestrator/core/decide.h"

namespace saga {

void InFlightCalls::Remove(const SagaId& saga, const CallParticipant& call) {
  const auto found = calls_.find(saga);
  if (found == calls_.end()) return;
  auto& calls = found->second;
  const auto which = std::find(calls.begin(), calls.end(), call);
  if (which != calls.end()) calls.erase(which);
  if (calls.empty()) calls_.erase(found);
}

void InFlightCalls::MarkIn(Saga& saga) const {
  const auto found = calls_.find(saga.id);
  if (found == calls_.end() || IsEnded(saga.state)) return;
  for (const CallParticipant& call : found->second) {
    if (ToSize(call.step) >= saga.steps.size()) continue;
    auto& pending = saga.step(call.step).pending;
    if (!pending || pending->operation != call.operation || pending->in_flight) continue;
    // With a lower number it was answered: what comes of it is a straggler. With the same one it
    // was accepted, or its outcome was reported before it returned.
    if (call.attempt > pending->attempts && !pending->stuck) MarkCalled(saga, call);
    if (call.attempt == pending->attempts && pending->awaited == Awaited::kAnswer) {
      pending->in_flight = true;
    }
  }
}

std::size_t InFlightCalls::size() const {
  std::size_t count = 0;
  for (const auto& [saga, calls] : calls_) count += calls.size();
  return count;
}

}  // namespace saga

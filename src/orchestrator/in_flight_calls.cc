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
    const auto& pending = saga.step(call.step).pending;
    if (!pending || pending->operation != call.operation || pending->stuck) continue;
    // Attempts in the journal have been answered: a call with such a number is a straggler.
    if (call.attempt <= pending->attempts) continue;
    if (pending->in_flight) continue;
    MarkCalled(saga, call);
  }
}

std::size_t InFlightCalls::size() const {
  std::size_t count = 0;
  for (const auto& [saga, calls] : calls_) count += calls.size();
  return count;
}

}  // namespace saga

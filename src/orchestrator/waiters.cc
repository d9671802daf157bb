#include "orchestrator/waiters.h"

#include <algorithm>
#include <utility>

#include "orchestrator/limits.h"

namespace saga {

bool HasReached(const Saga& saga, WaitGoal goal) {
  switch (goal) {
    case WaitGoal::kPivot:
      return PivotSettled(saga);
    case WaitGoal::kEnd:
      return IsEnded(saga.state);
  }
  SAGA_UNREACHABLE();
}

bool Waiters::Add(WaitArrived& wait) {
  if (count_ >= kWaitersMax) return false;
  waits_[wait.saga].push_back(std::move(wait));
  ++count_;
  return true;
}

template <typename Condition>
std::vector<WaitArrived> Waiters::TakeIf(const SagaId& saga, Condition condition) {
  std::vector<WaitArrived> taken;
  const auto found = waits_.find(saga);
  if (found == waits_.end()) return taken;
  std::vector<WaitArrived>& all = found->second;
  const auto first_taken = std::stable_partition(
      all.begin(), all.end(), [&condition](const WaitArrived& wait) { return !condition(wait); });
  std::move(first_taken, all.end(), std::back_inserter(taken));
  all.erase(first_taken, all.end());
  count_ -= taken.size();
  if (all.empty()) waits_.erase(found);
  return taken;
}

std::vector<WaitArrived> Waiters::TakeReached(const Saga& saga) {
  return TakeIf(saga.id, [&saga](const WaitArrived& wait) { return HasReached(saga, wait.goal); });
}

std::vector<WaitArrived> Waiters::TakeExpired(const SagaId& saga, TimePoint now) {
  return TakeIf(saga, [now](const WaitArrived& wait) { return wait.until <= now; });
}

std::vector<WaitArrived> Waiters::TakeAllOf(const SagaId& saga) {
  return TakeIf(saga, [](const WaitArrived&) { return true; });
}

std::vector<WaitArrived> Waiters::TakeAll() {
  std::vector<WaitArrived> taken;
  for (auto& [saga, waits] : waits_)
    std::move(waits.begin(), waits.end(), std::back_inserter(taken));
  waits_.clear();
  count_ = 0;
  return taken;
}

std::optional<TimePoint> Waiters::EarliestOf(const SagaId& saga) const {
  const auto found = waits_.find(saga);
  if (found == waits_.end()) return std::nullopt;
  return std::min_element(
             found->second.begin(), found->second.end(),
             [](const WaitArrived& a, const WaitArrived& b) { return a.until < b.until; })
      ->until;
}

std::vector<SagaId> Waiters::Awaited() const {
  std::vector<SagaId> sagas;
  sagas.reserve(waits_.size());
  for (const auto& [saga, waits] : waits_) sagas.push_back(saga);
  return sagas;
}

}  // namespace saga

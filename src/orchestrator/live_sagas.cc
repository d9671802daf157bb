#include "orchestrator/live_sagas.h"

#include "base/check.h"

namespace saga {

LiveSaga* LiveSagas::Find(const SagaId& saga) {
  const auto found = sagas_.find(saga);
  return found == sagas_.end() ? nullptr : &found->second;
}

const LiveSaga* LiveSagas::Find(const SagaId& saga) const {
  const auto found = sagas_.find(saga);
  return found == sagas_.end() ? nullptr : &found->second;
}

LiveSaga& LiveSagas::Add(LiveSaga live) {
  const SagaId id = live.saga.id;
  live.counted.reset();
  const JournalSeq oldest = std::exchange(live.oldest, JournalSeq{});
  const auto [added, is_new] = sagas_.emplace(id, std::move(live));
  SAGA_CHECK(is_new);
  if (oldest != JournalSeq{}) SetOldest(added->second, oldest);
  Recount(added->second);
  return added->second;
}

void LiveSagas::Erase(const SagaId& saga) {
  const auto found = sagas_.find(saga);
  if (found == sagas_.end()) return;
  if (found->second.counted) Count(*found->second.counted, -1);
  by_oldest_.erase({found->second.oldest, saga});
  sagas_.erase(found);
}

void LiveSagas::Clear() {
  sagas_.clear();
  by_oldest_.clear();
  counts_ = {};
}

void LiveSagas::SetOldest(LiveSaga& live, JournalSeq oldest) {
  by_oldest_.erase({live.oldest, live.saga.id});
  live.oldest = oldest;
  by_oldest_.emplace(oldest, live.saga.id);
}

void LiveSagas::Recount(LiveSaga& live) {
  const std::pair now(live.saga.state, HealthOf(live.saga));
  if (live.counted == now) return;
  if (live.counted) Count(*live.counted, -1);
  Count(now, 1);
  live.counted = now;
}

void LiveSagas::Count(const std::pair<SagaState, SagaHealth>& as, std::int64_t by) {
  counts_.live += by;
  switch (as.first) {
    case SagaState::kRunning:
      counts_.running += by;
      break;
    case SagaState::kCompensating:
      counts_.compensating += by;
      break;
    case SagaState::kSucceeded:
    case SagaState::kCompensated:
    case SagaState::kResolved:
      break;
  }
  switch (as.second) {
    case SagaHealth::kOk:
      break;
    case SagaHealth::kRetrying:
      counts_.retrying += by;
      break;
    case SagaHealth::kStuck:
      counts_.stuck += by;
      break;
    case SagaHealth::kPaused:
      counts_.paused += by;
      break;
  }
}

}  // namespace saga

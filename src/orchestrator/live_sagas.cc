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
  const JournalSeq oldest = std::exchange(live.oldest, JournalSeq{});
  const auto [added, is_new] = sagas_.emplace(id, std::move(live));
  SAGA_CHECK(is_new);
  if (oldest != JournalSeq{}) SetOldest(added->second, oldest);
  return added->second;
}

void LiveSagas::Erase(const SagaId& saga) {
  const auto found = sagas_.find(saga);
  if (found == sagas_.end()) return;
  by_oldest_.erase({found->second.oldest, saga});
  sagas_.erase(found);
}

void LiveSagas::Clear() {
  sagas_.clear();
  by_oldest_.clear();
}

void LiveSagas::SetOldest(LiveSaga& live, JournalSeq oldest) {
  by_oldest_.erase({live.oldest, live.saga.id});
  live.oldest = oldest;
  by_oldest_.emplace(oldest, live.saga.id);
}

}  // namespace saga

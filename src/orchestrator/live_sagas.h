// The live sagas of one shard, with what the engine keeps beside their state.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

#include "base/time.h"
#include "orchestrator/committed_feed.h"
#include "orchestrator/core/saga.h"
#include "orchestrator/saga_row.h"

namespace saga {

struct LiveSaga {
  Saga saga;
  std::shared_ptr<const SagaHeader> header;
  std::string history;              // All its records so far (history.h).
  RowStatus written;                // What its row says.
  JournalSeq oldest{};              // The oldest entry that its next load needs; see SetOldest.
  std::optional<TimePoint> armed;   // Its entry in the timer queue.
  std::optional<TimePoint> looked;  // When its timer last fired.
};

// Threads:   the shard's.
// Promises:  pointers stay valid until the saga is erased.
class LiveSagas {
 public:
  LiveSaga* Find(const SagaId& saga);
  const LiveSaga* Find(const SagaId& saga) const;
  // Requires: not there yet.
  LiveSaga& Add(LiveSaga live);
  void Erase(const SagaId& saga);
  void Clear();
  std::size_t size() const { return sagas_.size(); }

  void SetOldest(LiveSaga& live, JournalSeq oldest);
  // Live sagas by the oldest entry that they need, the farthest back first.
  const std::set<std::pair<JournalSeq, SagaId>>& by_oldest() const { return by_oldest_; }

  template <typename Visit>
  void ForEach(Visit visit) const {
    for (const auto& [id, live] : sagas_) visit(live);
  }

 private:
  std::unordered_map<SagaId, LiveSaga> sagas_;
  std::set<std::pair<JournalSeq, SagaId>> by_oldest_;
};

}  // namespace saga

#include "orchestrator/carry_forward.h"

#include <algorithm>
#include <unordered_set>

#include "orchestrator/limits.h"

namespace saga {

JournalSeq LowWater(const LiveSagas& live, JournalSeq last) {
  if (live.by_oldest().empty()) return last;
  const JournalSeq oldest = live.by_oldest().begin()->first;
  return std::min(last, static_cast<JournalSeq>(ToNumber(oldest) - 1));
}

void AddCarried(const LiveSagas& live, JournalSeq last, std::uint64_t entries_max,
                std::vector<BatchPart>& parts) {
  if (live.by_oldest().empty()) return;
  const auto is_far = [&](JournalSeq oldest) {
    return ToNumber(oldest) + entries_max < ToNumber(last);
  };
  if (!is_far(live.by_oldest().begin()->first)) return;
  std::unordered_set<SagaId> in_batch;
  for (const BatchPart& part : parts) in_batch.insert(part.saga);
  std::size_t carried = 0;
  for (const auto& [oldest, id] : live.by_oldest()) {
    if (!is_far(oldest) || carried == kCarriedSagasMax) break;
    if (in_batch.contains(id)) continue;
    const LiveSaga* saga = live.Find(id);
    BatchPart& part = parts.emplace_back();
    part.saga = id;
    part.history_before = saga->history.size();
    part.change = RowChange{.saga = id,
                            .status = saga->written,
                            .history = std::nullopt,
                            .carried = saga->history,
                            .carried_to = last};
    part.change->status.revision = saga->saga.revision;
    ++carried;
  }
}

}  // namespace saga

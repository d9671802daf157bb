// The journal half of MemoryStore.
#include <algorithm>
#include <utility>

#include "orchestrator/history.h"
#include "store/memory_store.h"

namespace saga {

class MemoryJournal final : public Journal {
 public:
  explicit MemoryJournal(MemoryStore& store) : store_(store) {}

  Result<ClaimedShard> Claim(ShardId shard, const std::string&) override {
    return store_.Claim(shard);
  }
  AppendResult Append(ShardId shard, Epoch epoch, const Batch& batch) override {
    return store_.Append(shard, epoch, batch);
  }
  Status LoadLive(ShardId shard, const std::function<void(LoadedSaga)>& each) override {
    std::vector<LoadedSaga> loaded;
    SAGA_RETURN_IF_ERROR(store_.LoadLive(shard, loaded));
    for (LoadedSaga& saga : loaded) each(std::move(saga));
    return Status::Ok();
  }
  Result<CommittedPage> ReadCommitted(ShardId shard, JournalSeq after,
                                      std::size_t entries_max) override {
    return store_.ReadCommitted(shard, after, entries_max);
  }

 private:
  MemoryStore& store_;
};

std::unique_ptr<Journal> MemoryStore::MakeJournal() {
  return std::make_unique<MemoryJournal>(*this);
}

Result<ClaimedShard> MemoryStore::Claim(ShardId shard) {
  MutexLock lock(mutex_);
  const bool fails = failing_claims_ > 0;
  StoredShard& stored = shards_[shard];
  if (!fails || failing_claims_take_effect_)
    stored.epoch = static_cast<Epoch>(ToNumber(stored.epoch) + 1);
  if (fails) {
    --failing_claims_;
    return StoreUnavailable("the claim's answer was lost");
  }
  return ClaimedShard{stored.epoch, stored.last, stored.published, now_};
}

AppendResult MemoryStore::Append(ShardId shard, Epoch epoch, const Batch& batch) {
  MutexLock lock(mutex_);
  std::optional<AppendFault> fault;
  if (!faults_.empty()) {
    fault = faults_.front();
    faults_.pop_front();
  }
  if (fault == AppendFault::kRefused)
    return {AppendOutcome::kRefused, now_, {}, StoreUnavailable("disk full")};
  if (fault == AppendFault::kLost)
    return {AppendOutcome::kInDoubt, now_, {}, StoreUnavailable("connection lost")};
  StoredShard& stored = shards_[shard];
  if (stored.epoch != epoch || stored.last != batch.before) {
    return {AppendOutcome::kFenced,
            now_,
            {},
            Status(StatusCode::kAborted, "FENCED", "another owner holds the shard")};
  }
  const bool poisoned =
      !poison_.empty() &&
      std::any_of(batch.entries.begin(), batch.entries.end(), [&](const auto& entry) {
        return entry.record.find(poison_) != std::string::npos;
      });
  if (poisoned) return {AppendOutcome::kPoison, now_, {}, InternalError("invalid value")};
  AppendResult result = Write(stored, shard, batch);
  if (fault == AppendFault::kLostButCommitted)
    return {AppendOutcome::kInDoubt, now_, {}, StoreUnavailable("connection lost")};
  return result;
}

AppendResult MemoryStore::Write(StoredShard& stored, ShardId shard, const Batch& batch) {
  AppendResult result{AppendOutcome::kCommitted, now_, {}, Status::Ok()};
  for (const SagaRow& row : batch.starts) {
    StoredSaga saga{.row = row, .history = std::nullopt, .carried = std::nullopt};
    saga.row.shard = shard;
    if (!sagas_.emplace(row.id, std::move(saga)).second) result.void_starts.push_back(row.id);
  }
  for (const JournalEntry& entry : batch.entries) {
    stored.last = Advance(stored.last, 1);
    const bool is_void = std::find(result.void_starts.begin(), result.void_starts.end(),
                                   entry.saga) != result.void_starts.end();
    stored.entries.push_back({stored.last, entry, is_void});
  }
  for (const RowChange& change : batch.changes) WriteChange(change);
  for (const AuditEntry& audit : batch.audit) AddAudit(audit);
  stored.published = std::max(stored.published, batch.published);
  stored.low_water = std::max(stored.low_water, batch.low_water);
  return result;
}

void MemoryStore::WriteChange(const RowChange& change) {
  const auto found = sagas_.find(change.saga);
  SAGA_CHECK(found != sagas_.end());
  StoredSaga& saga = found->second;
  saga.row.status = change.status;
  if (change.carried) {
    saga.carried = change.carried;
    saga.carried_to = change.carried_to;
  }
  if (change.history) {
    saga.history = change.history;
    saga.carried.reset();
  }
}

void MemoryStore::AddAudit(AuditEntry audit) {
  audit.id = static_cast<std::int64_t>(audit_.size()) + 1;
  audit_.push_back(std::move(audit));
}

Status MemoryStore::LoadLive(ShardId shard, std::vector<LoadedSaga>& loaded) const {
  MutexLock lock(mutex_);
  const auto found = shards_.find(shard);
  for (const auto& [id, saga] : sagas_) {
    if (saga.row.shard != shard || IsEnded(saga.row.status.state)) continue;
    LoadedSaga live{.row = saga.row, .records = {}, .oldest = saga.row.start_seq};
    if (saga.carried) {
      SAGA_ASSIGN_OR_RETURN(const std::vector<std::string_view> records,
                            SplitHistory(*saga.carried));
      live.records.assign(records.begin(), records.end());
      live.oldest = Advance(saga.carried_to, 1);
    }
    if (found != shards_.end()) {
      for (const StoredEntry& entry : found->second.entries) {
        if (entry.entry.saga == id && !entry.is_void && entry.seq >= live.oldest) {
          live.records.push_back(entry.entry.record);
        }
      }
    }
    loaded.push_back(std::move(live));
  }
  return Status::Ok();
}

Result<CommittedPage> MemoryStore::ReadCommitted(ShardId shard, JournalSeq after,
                                                 std::size_t entries_max) const {
  MutexLock lock(mutex_);
  CommittedPage page;
  page.read_to = after;
  const auto found = shards_.find(shard);
  if (found == shards_.end()) return page;
  if (after < found->second.truncated) {
    return Status(StatusCode::kOutOfRange, "CURSOR_EXPIRED",
                  "the entries after the cursor have been truncated");
  }
  for (const StoredEntry& stored : found->second.entries) {
    if (stored.seq <= after) continue;
    if (page.entries.size() >= entries_max) break;
    page.read_to = stored.seq;
    if (stored.is_void) continue;
    const SagaRow& row = sagas_.at(stored.entry.saga).row;
    page.entries.push_back(
        {stored.seq, stored.entry, row.definition, row.version, row.business_key, row.labels});
  }
  return page;
}

void MemoryStore::Truncate() {
  MutexLock lock(mutex_);
  for (auto& [id, shard] : shards_) {
    const JournalSeq to = std::min(shard.low_water, shard.published);
    while (!shard.entries.empty() && shard.entries.front().seq <= to) shard.entries.pop_front();
    shard.truncated = std::max(shard.truncated, to);
  }
}

}  // namespace saga

// What the engine counts. docs/reference/metrics.md lists the names.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <unordered_map>

#include "base/metrics.h"
#include "orchestrator/core/saga.h"
#include "orchestrator/journal.h"

namespace saga {

// Counts committed transitions. Keeps the metrics of the definitions it has met, because finding
// one takes a lock.
//
// Threads: the shard's.
class TransitionMetrics {
 public:
  void Count(const Saga& saga, const Record& record);

 private:
  struct Ends {
    Counter count;
    Histogram seconds;
  };
  struct OfDefinition {
    Counter started;
    std::array<Ends, 3> ended;  // Succeeded, compensated, resolved.
  };
  OfDefinition& Of(const std::string& definition);

  std::unordered_map<std::string, OfDefinition> definitions_;
};

// Measures the appends of a journal: how many entries, how long.
class MeasuredJournal final : public Journal {
 public:
  explicit MeasuredJournal(std::unique_ptr<Journal> inner);

  Result<ClaimedShard> Claim(ShardId shard, const std::string& node) override;
  AppendResult Append(ShardId shard, Epoch epoch, const Batch& batch) override;
  Status LoadLive(ShardId shard, const std::function<void(LoadedSaga)>& each) override;
  Result<CommittedPage> ReadCommitted(ShardId shard, JournalSeq after,
                                      std::size_t entries_max) override;

 private:
  const std::unique_ptr<Journal> inner_;
  const Histogram batch_size_;
  const Histogram seconds_;
  const Counter recovered_;
};

}  // namespace saga

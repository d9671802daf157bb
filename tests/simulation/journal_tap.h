// The database as the engine meets it: it loses answers, refuses, is slow, and the node may die
// around every statement. What really happened is told to Truth.
#pragma once

#include <memory>
#include <string>

#include "orchestrator/journal.h"
#include "simulation/sim.h"
#include "simulation/truth.h"
#include "store/memory_store.h"

namespace saga::sim {

// How often, of a thousand, things go wrong; all zero once faults have stopped.
struct StoreFaults {
  std::size_t lost = 12;
  std::size_t lost_but_committed = 12;
  std::size_t lost_and_late = 6;
  std::size_t refused = 12;
  std::size_t crash_before = 4;
  std::size_t crash_after = 6;
  std::size_t claim_fails = 150;
  std::size_t load_fails = 50;
};

class JournalTap final : public Journal {
 public:
  JournalTap(MemoryStore& store, Truth& truth, Scheduler& scheduler, Random& random,
             Sightings& sightings, const StoreFaults& faults, Mutant mutant)
      : inner_(store.MakeJournal()),
        truth_(truth),
        scheduler_(scheduler),
        random_(random),
        sightings_(sightings),
        faults_(faults),
        mutant_(mutant) {}

  Result<ClaimedShard> Claim(ShardId shard, const std::string& node) override;
  AppendResult Append(ShardId shard, Epoch epoch, const Batch& batch) override;
  Status LoadLive(ShardId shard, const std::function<void(LoadedSaga)>& each) override;
  Result<CommittedPage> ReadCommitted(ShardId shard, JournalSeq after,
                                      std::size_t entries_max) override {
    return inner_->ReadCommitted(shard, after, entries_max);
  }

  // Of the last claim that was answered.
  Epoch epoch() const { return epoch_; }

 private:
  AppendResult Commit(ShardId shard, Epoch epoch, const Batch& batch);

  const std::shared_ptr<Journal> inner_;
  Truth& truth_;
  Scheduler& scheduler_;
  Random& random_;
  Sightings& sightings_;
  const StoreFaults& faults_;
  const Mutant mutant_;
  Epoch epoch_{};
};

}  // namespace saga::sim

// What a commit sets free. "Only after commit" is a type here: see EffectSink.
#pragma once

#include <span>
#include <utility>
#include <vector>

#include "orchestrator/committed_feed.h"
#include "orchestrator/core/effect.h"
#include "orchestrator/core/saga.h"

namespace saga {

// A call that a committed state asks for. `saga` is valid while its batch is released.
struct ReleasedCall {
  const Saga* saga = nullptr;
  CallParticipant call;
};

// The same for another saga to start.
struct ReleasedFollowUp {
  const Saga* saga = nullptr;
  StartFollowUp start;
};

// Only Shard can make one, and it does so below a successful append.
class CommittedBatch {
 public:
  CommittedBatch(CommittedBatch&&) = default;
  CommittedBatch& operator=(CommittedBatch&&) = default;

  // The term of ownership in which it was committed.
  Epoch epoch() const { return epoch_; }
  // Where the journal stands now.
  JournalSeq last() const { return last_; }
  std::span<const ReleasedCall> calls() const { return calls_; }
  std::span<const ReleasedFollowUp> follow_ups() const { return follow_ups_; }
  std::vector<CommittedRecord> TakeRecords() && { return std::move(records_); }

 private:
  friend class Shard;
  CommittedBatch(Epoch epoch, JournalSeq last) : epoch_(epoch), last_(last) {}

  Epoch epoch_{};
  JournalSeq last_{};
  std::vector<CommittedRecord> records_;
  std::vector<ReleasedCall> calls_;
  std::vector<ReleasedFollowUp> follow_ups_;
};

}  // namespace saga

// One node's share: a shard with all that hangs on it, from mailbox to publisher.
#pragma once

#include <memory>
#include <set>
#include <tuple>

#include "orchestrator/effect_dispatcher.h"
#include "orchestrator/feed_reader.h"
#include "orchestrator/shard.h"
#include "simulation/auditor.h"
#include "simulation/journal_tap.h"
#include "simulation/network.h"

namespace saga::sim {

// What all nodes stand on.
struct Ground {
  Scheduler& scheduler;
  Random& random;
  Sightings& sightings;
  MemoryStore& store;
  Truth& truth;
  Network& network;
  Auditor& auditor;
  const Plans& plans;
  const StoreFaults& faults;
  Mutant mutant;
};

class Node final : private ParticipantCaller {
 public:
  Node(const Ground& ground, ShardId shard);
  ~Node() override;

  // One turn of the shard. Throws Crash.
  Turn RunTurn();
  // When it wants a turn; absent = nothing to do.
  std::optional<TimePoint> WantsTurn(Turn last) const;
  // Hands what was committed to its followers.
  void Publish();
  void Check() const;

  Mailbox& mailbox() { return *mailbox_; }
  Shard& shard() { return shard_; }
  ShardId shard_id() const { return shard_id_; }
  bool owns() const;

 private:
  void Call(ParticipantCall call, ReplyPlace place) override;

  const Ground& ground_;
  const ShardId shard_id_;
  ProtoRecordCodec codec_;
  const ChanceConditions conditions_;
  JournalTap journal_;
  const std::unique_ptr<Journal> follower_journal_;
  const std::shared_ptr<Mailbox> mailbox_;
  CommittedFeed feed_;
  EffectDispatcher dispatcher_;
  Shard shard_;
  FeedReader reader_;
  std::optional<JournalSeq> cursor_;
  // Calls of this node that nobody has answered; outlives it with the last of them.
  using Open = std::set<std::tuple<SagaId, StepIndex, Operation>>;
  const std::shared_ptr<Open> open_ = std::make_shared<Open>();
};

}  // namespace saga::sim

// A shard with its thread.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <thread>

#include "base/mutex.h"
#include "orchestrator/database_clock.h"
#include "orchestrator/effect_dispatcher.h"
#include "orchestrator/shard.h"

namespace saga {

// Drives one shard: runs its turns, and sleeps on its mailbox until the next timer.
//
// Threads:   Begin, Drain, Stop and the readers from any thread; the shard from its own.
// Owns:      the shard, its journal, mailbox, feed and thread. Borrows the rest, which must outlive
//            it.
class ShardRunner {
 public:
  ShardRunner(ShardOptions options, ClusterIdentity cluster, std::unique_ptr<Journal> journal,
              const RecordCodec& codec, const DefinitionResolver& definitions,
              const Conditions& conditions, ParticipantCaller& caller, DatabaseClock& clock);
  ~ShardRunner();
  ShardRunner(const ShardRunner&) = delete;
  ShardRunner& operator=(const ShardRunner&) = delete;

  void Begin(FollowUpStarter& follow_ups);
  // Lets running calls answer until `until`, then stops. Join waits for it.
  void Drain(SteadyTime until);
  void Join();

  bool serving() const;
  std::size_t live() const;

  const std::shared_ptr<Mailbox> mailbox;
  CommittedFeed feed;

 private:
  void Run();
  // False = it is over.
  bool GoOn(Turn turn);
  void Publish();

  const ShardId shard_id_;
  const std::unique_ptr<Journal> journal_;
  EffectDispatcher dispatcher_;
  Shard shard_;
  DatabaseClock& clock_;

  mutable Mutex mutex_;
  std::optional<SteadyTime> stop_at_ SAGA_GUARDED_BY(mutex_);
  bool serving_ SAGA_GUARDED_BY(mutex_) = false;
  std::size_t live_ SAGA_GUARDED_BY(mutex_) = 0;
  std::thread thread_;
};

}  // namespace saga

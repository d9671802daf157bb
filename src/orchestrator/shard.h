// The single writer of one shard of sagas.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/thread_checker.h"
#include "orchestrator/batch_builder.h"
#include "orchestrator/catalog.h"
#include "orchestrator/committed_feed.h"
#include "orchestrator/effect_sink.h"
#include "orchestrator/engine_metrics.h"
#include "orchestrator/in_flight_calls.h"
#include "orchestrator/journal.h"
#include "orchestrator/limits.h"
#include "orchestrator/live_sagas.h"
#include "orchestrator/mailbox.h"
#include "orchestrator/paced_queue.h"
#include "orchestrator/record_codec.h"
#include "orchestrator/timer_queue.h"
#include "orchestrator/waiters.h"

namespace saga {

struct ShardOptions {
  ShardId shard{};
  std::string node;
  Following following = Following::kPublisher;
  std::uint64_t carry_after_entries = kCarryAfterEntries;
  // Records that wait for the publisher; beyond it new sagas are refused.
  std::uint64_t unpublished_max = kUnpublishedMax;
  // May this node act for the shard now? Asked before every turn, claim and release; empty =
  // always.
  std::function<bool()> holds;
  // Why not, for those who are refused then; empty = NOT_OWNER.
  std::function<Status()> why_not;
};

// What a turn of the loop leaves.
enum class Turn : std::uint8_t {
  kMore,     // There is more to do at once.
  kIdle,     // Nothing until the mailbox or NextWake says so.
  kStalled,  // The store is in trouble: nothing before NextWake, whatever the mailbox holds.
};

// The loop: drain the mailbox, decide, append the batch, release what it set free.
//
// Threads:   the mailbox is for all; everything else is for the thread that calls RunOnce().
// Owns:      the live sagas, timers and waiters of the shard. Borrows all but the mailbox; all must
//            outlive it.
// Promises:  effects and answers leave only after the records that caused them are committed, in
//            commit order. One bad value never stops it. After a doubt it goes on from what the
//            journal says, and makes no call again that is under way on this node. Without its
//            lease it does nothing, shows nothing, and refuses what comes.
// Does not:  own its thread or read the clock, so a simulator can drive it.
class Shard final {
 public:
  Shard(ShardOptions options, Journal& journal, const RecordCodec& codec,
        const DefinitionResolver& definitions, const Conditions& conditions,
        std::shared_ptr<Mailbox> mailbox, EffectSink& sink, CommittedFeed& feed);

  Turn RunOnce(TimePoint now);
  // When RunOnce has something to do by itself.
  std::optional<TimePoint> NextWake() const;
  // The database's time, if the last turn learnt it.
  std::optional<TimePoint> TakeLearntTime();

  // It owns its sagas and takes inputs.
  bool serving() const { return claimed_; }
  // Releases no calls any more: whoever owns the shard next makes them.
  void StopCalling() { calling_ = false; }
  // Nothing decided waits for its commit.
  bool settled() const { return uncommitted_.empty() && backlog_.empty(); }
  // Answers everybody who waits now. Requires: RunOnce is not called any more.
  void Abandon(const Status& status);

  const LiveSagas& live() const { return live_; }
  const InFlightCalls& in_flight() const { return in_flight_; }

 private:
  using Parts = std::vector<BatchPart>;

  // shard.cc: drain and decide.
  void Decide(TimePoint now);
  Status UnpublishedLimit() const;
  void TakeInputs(BatchBuilder& builder);
  void TakeTimers(BatchBuilder& builder, TimePoint now);
  void TakePaced(BatchBuilder& builder, TimePoint now);
  void OnParticipantBack(const ParticipantBack& note);
  void Rearm(LiveSaga& live);
  void Forget(const LiveSaga& live);

  // shard_commit.cc: append and release.
  Turn Commit(TimePoint now);
  void Halve(const Status& error);
  void Quarantine(BatchPart& part, const Status& error);
  void Release(Parts parts, const AppendResult& result, TimePoint now);
  void Settle(BatchPart& part, JournalSeq before, CommittedBatch& committed);
  void Finish(const BatchPart& part);
  bool CursorIsDue(TimePoint now) const;
  JournalSeq Published() const;
  BatchFrame Frame() const;

  // shard_answer.cc: those who wait.
  void Answer(DoneInput& done, LiveSaga* live, TimePoint now);
  void AnswerWait(WaitArrived wait, LiveSaga* live, TimePoint now);
  void AnswerReached(LiveSaga& live);
  void RefuseWaiting(TimePoint now, const Status& status);
  // Refuses a request; forgets an answer, so that its call is made again after the next claim.
  void Drop(const ShardInput& input, const Status& status);

  // shard_claim.cc: whose sagas these are.
  bool Holds() const { return !options_.holds || options_.holds(); }
  Status NotHeld() const { return options_.why_not ? options_.why_not() : NotOwner(); }
  bool MayCall() const { return calling_ && Holds(); }
  void StepDown();
  bool Claim(TimePoint now);
  void Adopt(LoadedSaga loaded, JournalSeq last);
  void BeginTerm(const ClaimedShard& claimed);
  void ReviewWaiters();
  void Doubt();
  void PutBack(BatchPart& part, std::deque<ShardInput>& inputs);
  void OnTrouble(TimePoint now, const Status& error);
  bool MayTry(TimePoint now) const;

  const ShardOptions options_;
  Journal& journal_;
  const RecordCodec& codec_;
  const DefinitionResolver& definitions_;
  const Conditions& conditions_;
  const std::shared_ptr<Mailbox> mailbox_;
  EffectSink& sink_;
  CommittedFeed& feed_;
  ThreadChecker thread_;
  TransitionMetrics metrics_;

  LiveSagas live_;
  TimerQueue timers_;
  Waiters waiters_;
  InFlightCalls in_flight_;
  PacedQueue paced_;
  std::vector<SagaId> dirty_;       // Rows to look at with the next batch.
  std::deque<ShardInput> backlog_;  // Drained, but left for the next batch.
  std::deque<Parts> uncommitted_;   // Decided, not committed.

  bool claimed_ = false;
  bool calling_ = true;
  bool cursor_due_ = false;  // The next append may have nothing but the cursor.
  bool intervened_ = true;   // Somebody else may have owned the shard since our last term.
  Epoch epoch_{};
  JournalSeq last_{};       // Where the journal stands.
  JournalSeq published_{};  // The publisher's cursor as last saved.
  JournalSeq low_water_{};  // As last saved.
  std::optional<TimePoint> cursor_saved_;
  std::optional<TimePoint> learnt_;

  std::optional<TimePoint> trouble_since_;
  std::optional<TimePoint> retry_at_;
  Duration backoff_{};
};

}  // namespace saga

// The engine as the API sees it: routes what arrives to the shard of its saga, and owns the shards'
// threads.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "orchestrator/catalog.h"
#include "orchestrator/census.h"
#include "orchestrator/committed_feed.h"
#include "orchestrator/core/conditions.h"
#include "orchestrator/follow_up_starter.h"
#include "orchestrator/journal.h"
#include "orchestrator/limits.h"
#include "orchestrator/participant_caller.h"
#include "orchestrator/record_codec.h"
#include "orchestrator/request_answer.h"

namespace saga {

struct OrchestratorOptions {
  std::string cluster = "dev";
  std::string secret = "dev";  // Of task tokens: the same on every node of the cluster.
  std::string node = "node-1";
  std::uint16_t shards = 4;  // A constant of the cluster, persisted at its first start.
  Following following = Following::kPublisher;
  std::uint64_t unpublished_max = kUnpublishedMax;  // As in ShardOptions.
  // May this node act for the shard now? Empty = always. Asked from any thread.
  std::function<bool(ShardId)> holds;
  std::function<Status()> why_not;  // As in ShardOptions.
};

class DatabaseClock;
class ShardRunner;

// Threads:   all methods from any thread.
// Owns:      shards and their threads. Borrows everything passed to the constructor; all must
//            outlive it.
// Promises:  an answer function is called exactly once. A full mailbox answers RESOURCE_EXHAUSTED
//            OVERLOADED at once; a draining engine UNAVAILABLE DRAINING; one whose store has been
//            away for a while UNAVAILABLE STORE_UNAVAILABLE; a shard of another node UNAVAILABLE
//            NOT_OWNER.
class Orchestrator {
 public:
  // `journals` is asked once for each shard.
  Orchestrator(OrchestratorOptions options, const JournalFactory& journals,
               const RecordCodec& codec, const DefinitionResolver& definitions,
               const Conditions& conditions, ParticipantCaller& caller);
  ~Orchestrator();
  Orchestrator(const Orchestrator&) = delete;
  Orchestrator& operator=(const Orchestrator&) = delete;

  // Claims and loads every shard in the background; ready() turns true when all are live.
  // `follow_ups` is used until the end of Drain.
  void Begin(FollowUpStarter& follow_ups);
  bool ready() const;
  bool serves(ShardId shard) const;
  // This node may act for every shard.
  bool HoldsAll() const;
  // Who holds which shard has changed: the shards look at once.
  void OnLeasesChanged();

  void Start(StartRequest request, AnswerFn answer);
  // The live saga; `saga` null with status OK = not live (ask SagaReader).
  void Get(SagaId saga, AnswerFn answer);
  void GetHistory(SagaId saga, HistoryFn answer);
  // Live sagas only: with `saga` null and status OK it is for whoever reads histories to answer.
  void Report(SagaId saga, OutcomeReported report, AnswerFn answer);
  void Signal(SagaId saga, SignalArrived signal, AnswerFn answer);
  void Cancel(SagaId saga, CancelRequest request, AnswerFn answer);
  // With `dry_run`, decides and answers without doing.
  using Mode = OperateMode;
  void Operate(SagaId saga, OperatorRequest request, Mode mode, AnswerFn answer);
  // Answers when the goal is reached, at `until` at the latest, with the saga as it then is.
  void Wait(SagaId saga, WaitGoal goal, std::chrono::milliseconds timeout, AnswerFn answer);
  // What waits for the participant is tried again, spread over a little time.
  void OnParticipantRecovered(const std::string& name_space, const std::string& participant);

  std::uint16_t shard_count() const;
  CommittedFeed& feed(ShardId shard);

  // The database's time as last learnt.
  TimePoint Now() const;

  // Stops intake (UNAVAILABLE DRAINING), lets running calls answer for at most `patience`, appends
  // what came, stops.
  void Drain(std::chrono::milliseconds patience);

  // Live numbers for metrics.
  struct Counts {
    std::size_t live = 0;
    std::size_t mailbox = 0;
    std::size_t in_flight = 0;
  };
  Counts counts() const;
  // The sagas of the shards that this node serves. Absent when a shard does not answer within
  // `patience`, as in trouble with the store.
  std::optional<Census> TakeCensus(std::chrono::milliseconds patience);

 private:
  ShardRunner& RunnerFor(const SagaId& saga);

  const OrchestratorOptions options_;
  std::unique_ptr<DatabaseClock> clock_;
  std::vector<std::unique_ptr<ShardRunner>> runners_;
};

}  // namespace saga

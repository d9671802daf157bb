// The engine as the API sees it: routes what arrives to the shard of its saga, and owns the shards'
// threads.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "orchestrator/catalog.h"
#include "orchestrator/committed_feed.h"
#include "orchestrator/core/decide.h"
#include "orchestrator/journal.h"
#include "orchestrator/participant_caller.h"
#include "orchestrator/record_codec.h"

namespace saga {

// What a request gets. Called on the shard's thread, after the records it led to are committed (or
// at once when it led to none and all before it is committed): convert and hand over, never block.
// `saga` is only valid during the call.
struct RequestAnswer {
  Status status;
  const Saga* saga =
      nullptr;  // Null when the saga is not live here, or with an error before it was found.
  bool already_started = false;  // Start: this very start had been seen before.
  bool ended_before = false;  // Start, with saga == null: the id belongs to a saga that has ended;
                              // the caller compares the row's start digest.
  bool repeated = false;  // Operator: accepted before; this is the same answer.
  SagaState previous_state = SagaState::kRunning;
  std::vector<PlannedCall> plan;  // Operator: calls that follow.
};
using AnswerFn = std::function<void(const RequestAnswer&)>;

// How far a waiter wants the saga to come.
enum class WaitGoal : std::uint8_t { kPivot, kEnd };

// The encoded records of a live saga so far (history.h), with its state.
using HistoryFn = std::function<void(const Saga*, const std::string& history)>;

struct OrchestratorOptions {
  std::string cluster = "dev";
  std::string node = "node-1";
  std::uint16_t shards = 4;  // A constant of the cluster, persisted at its first start.
};

class Shard;
struct ShardRunner;

// Threads:   all methods from any thread.
// Owns:      shards and their threads. Borrows everything passed to the constructor; all must
// outlive it. Promises:  an answer function is called exactly once unless the engine is stopped
// hard. A full mailbox answers
//            RESOURCE_EXHAUSTED OVERLOADED at once; a draining engine UNAVAILABLE DRAINING.
class Orchestrator {
 public:
  Orchestrator(OrchestratorOptions options, JournalFactory journals, const RecordCodec& codec,
               const DefinitionResolver& definitions, ParticipantCaller& caller);
  ~Orchestrator();

  // Claims and loads every shard in the background; ready() turns true when all are live.
  void Begin();
  bool ready() const;

  void Start(StartRequest request, AnswerFn answer);
  // The live saga; `saga` null with status OK = not live (ask SagaReader).
  void Get(SagaId saga, AnswerFn answer);
  void GetHistory(SagaId saga, HistoryFn answer);
  void Cancel(SagaId saga, CancelRequest request, AnswerFn answer);
  // With `dry_run`, decides and answers without doing.
  enum class Mode : std::uint8_t { kDo, kDryRun };
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
    std::int64_t live = 0;
    std::int64_t running = 0;
    std::int64_t compensating = 0;
    std::int64_t retrying = 0;
    std::int64_t stuck = 0;
    std::int64_t paused = 0;
    std::int64_t mailbox = 0;
    std::int64_t in_flight = 0;
  };
  Counts counts() const;

 private:
  Shard& ShardFor(const SagaId& saga);

  const OrchestratorOptions options_;
  std::vector<std::unique_ptr<ShardRunner>> runners_;
};

}  // namespace saga

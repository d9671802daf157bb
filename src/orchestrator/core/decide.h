// The rules. Everything here is a function of its arguments: no clock, no log, no randomness, no
// I/O.
//
//   Decide(saga, input, now, …) -> what became true, and what must happen because of it
//   Evolve(saga, record)        -> the saga after a fact; total: never fails, never decides
//   ResumeEffects(saga)         -> what must be outstanding in a state; recovery releases exactly
//                                  these
//
// docs/semantics.md is the specification.
#pragma once

#include <optional>
#include <vector>

#include "base/status.h"
#include "base/time.h"
#include "orchestrator/core/conditions.h"
#include "orchestrator/core/effect.h"
#include "orchestrator/core/input.h"
#include "orchestrator/core/record.h"
#include "orchestrator/core/saga.h"

namespace saga {

// A follow-up whose start was not answered, or not yet taken: soft, never written.
struct FollowUpRetrying {
  FollowUpPlace place;
  std::uint32_t failures = 0;
  Failure failure;
  TimePoint next_attempt;
};

// Effects without records (a call repeated after its back-off) need no append: the call was
// committed when it became due.
struct Decision {
  std::vector<Record> records;
  // Failures between the journalled ones (semantics.md "Retry"): applied to memory, never written.
  std::vector<StepRetrying> unjournalled;
  std::vector<FollowUpRetrying> follow_ups_waiting;
  std::vector<Effect> effects;
  // The step whose call was answered by this input: it is not in flight any more. Soft.
  std::optional<StepIndex> answered;
  // Why a request was refused; OK for everything else. A refused request changes nothing.
  Status refusal;
  // An operator's request, a report or a signal that was accepted before: nothing to do, answer as
  // then.
  bool repeated = false;
};

// The first record of a saga and its first calls. The saga does not exist yet.
Decision DecideStart(const StartRequest& request, TimePoint now, const Conditions& conditions);

// Requires: the saga has started. For a saga that has ended: requests are refused with SAGA_ENDED,
// the rest is nothing.
Decision Decide(const Saga& saga, const Input& input, TimePoint now, const Conditions& conditions);

// The saga after `record`, which is its next one. Requires: definition set when steps are named.
void Evolve(Saga& saga, const NumberedRecord& record);

// Makes the saga of a SagaStarted record. Requires: `definition` is the version that the record
// names.
Saga Begin(SagaId id, DefinitionRef definition, const NumberedRecord& started);

// Applies a whole decision: the records (numbered on from the saga's revision, at `now`), the soft
// notes, and the marks of the calls that are about to be released. Returns the numbered records.
std::vector<NumberedRecord> Apply(Saga& saga, const Decision& decision, TimePoint now);

// True when the record names only steps that the definition has: recovery asks before it evolves.
bool Fits(const Record& record, const Definition& definition);
// Soft notes only: a failure that is not journalled.
void ApplyRetrying(Saga& saga, const StepRetrying& note);
void ApplyRetrying(Saga& saga, const FollowUpRetrying& note);
// The call of `effect` leaves this node now.
void MarkCalled(Saga& saga, const CallParticipant& effect);
void MarkReleased(Saga& saga, const Effect& effect);
// After a change of owner: every outstanding call may have been made by the one before.
void MarkRecovered(Saga& saga);

// What is outstanding, not in flight on this node, does not wait to be repeated and is not stuck or
// paused.
std::vector<Effect> ResumeEffects(const Saga& saga);

// What a roll-back from here would call, in order of its dependencies: for dry runs. Pairs of a
// call and what it waits for.
struct PlannedCall {
  DueCall call;
  std::vector<StepIndex> after;
};
std::vector<PlannedCall> PlanOf(const Saga& saga);

// The delay before attempt `attempts + 1`: half of the exponential ceiling plus a share of the
// other half that depends only on the arguments, so that a replay and a simulation see the same
// delays.
std::chrono::milliseconds BackoffFor(const RetryPolicy& policy, const SagaId& saga, StepIndex step,
                                     std::uint32_t failures);

// How long a call that waited for a participant still waits once it is back: a share of
// kRecoverySpread that depends only on the arguments; none without jitter.
std::chrono::milliseconds RecoveryDelay(const RetryPolicy& policy, const SagaId& saga,
                                        StepIndex step);

}  // namespace saga

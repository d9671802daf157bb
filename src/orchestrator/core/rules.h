// Shared by the files that implement Decide; internal to the core. Each takes the decision so far
// and adds to it.
#pragma once

#include <vector>

#include "orchestrator/core/draft.h"

namespace saga {

// ---- Answers (decide_reply.cc, decide_back.cc, decide_async.cc) ----

void OnReply(Draft& draft, const CallReplied& reply);
void OnReport(Draft& draft, const OutcomeReported& report);
// Records an answer to the outstanding call of a step; the answer of a person takes the same way.
// Requires: there is one, for this operation, or for the query about it.
void Conclude(Draft& draft, const CallReplied& reply);
void ConcludeForward(Draft& draft, const CallReplied& reply);
void ConcludeResolving(Draft& draft, const CallReplied& reply);
void ConcludeUndo(Draft& draft, const CallReplied& reply);
void ConcludeConfirm(Draft& draft, const CallReplied& reply);
void ConcludeQuery(Draft& draft, const CallReplied& reply);

// The way forward, for a step that has no answer and will not get one: given up, stuck, or back.
void Exhaust(Draft& draft, const CallReplied& last);
void Accept(Draft& draft, const CallReplied& reply);
void GiveUp(Draft& draft, const CallReplied& reply);
void GetStuck(Draft& draft, const CallReplied& reply, StuckReason reason);
void RetryLater(Draft& draft, const CallReplied& reply, const RetryPolicy& policy);
bool UsedUp(const RetryPolicy& policy, std::uint32_t failures);
// Calls of the action or try so far.
std::uint32_t ForwardAttempts(const StepProgress& step);
// What the outstanding work of a step is about: a query is about the action or the try.
Operation ConcernOf(const Step& step, const PendingCall& pending);

// ---- Time (decide_wait.cc, decide.cc) ----

// A timer fires, a signal or a report is overdue. Requires: the step waits, and its time is over.
void Expire(Draft& draft, StepIndex step);
void FireTimer(Draft& draft, StepIndex step);
void OnSignal(Draft& draft, const SignalArrived& signal);

// ---- Follow-ups (decide_follow_up.cc) ----

void OnFollowUpReply(Draft& draft, const FollowUpReplied& reply);
// What has been given up and was good after all: of a saga that has ended.
void OnReportAfterEnd(Draft& draft, const OutcomeReported& report);
void OnSignalAfterEnd(Draft& draft, const SignalArrived& signal);

// ---- People (decide_operator.cc, decide_cancel.cc) ----

void OnCancel(Draft& draft, const CancelRequest& request);
void OnOperator(Draft& draft, const OperatorRequest& request);
// A stuck or waiting call goes on at `next_attempt`, or now.
struct Recovery {
  StepIndex step{};
  Operation operation = Operation::kAction;
  std::uint32_t key_generation = 0;
  std::optional<TimePoint> next_attempt;
};
void Recover(Draft& draft, const Recovery& recovery);

// As ResumeEffects, for a saga that is about to be resumed.
std::vector<Effect> OutstandingEffects(const Saga& saga);

// A refusal with the saga's etag in its metadata.
Status Refusal(const Saga& saga, StatusCode code, std::string reason, std::string message);
Status Ended(const Saga& saga);
// Common to cancel and compensate: OK, or why the saga cannot turn back any more.
Status CanTurnBack(const Saga& saga);
Status CheckEtag(const Saga& saga, const std::optional<Revision>& etag);

}  // namespace saga

#include "unit/core/random_saga.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "base/overloaded.h"
#include "unit/core/saga_checks.h"
#include "unit/core/scenario.h"
#include "unit/core/scenario_text.h"

namespace saga::testing {
namespace {

using std::chrono::seconds;

constexpr int kDisturbancesMax = 60;
constexpr int kTurnsMax = 600;  // For a saga to end once everything answers.

CallReplied ReplyTo(const CallParticipant& call, CallReplied reply) {
  reply.step = call.step;
  reply.operation = call.operation;
  reply.attempt = call.attempt;
  return reply;
}

CallReplied Failed(CallOutcome outcome, StatusCode code) {
  return {.outcome = outcome, .failure = {code, "", "test", ""}};
}

}  // namespace

RandomSaga::RandomSaga(std::uint64_t seed)
    : dice_(seed),
      plan_(RandomPlan(dice_)),
      definition_(MakePlan(plan_)),
      participants_(*definition_),
      now_(FromMicros(1'700'000'000'000'000)) {
  conditions_.Say("length", "7");
}

std::string RandomSaga::Run() {
  Start();
  const std::size_t disturbances = dice_.Below(kDisturbancesMax);
  for (std::size_t i = 0; i < disturbances && problem_.empty() && !IsEnded(saga_.state); ++i) {
    Disturb();
  }
  Settle();
  if (problem_.empty()) JudgeEnd();
  if (problem_.empty()) return "";
  std::string story = fmt::format("{}\n  plan: {}", problem_, plan_);
  for (const NumberedRecord& record : journal_) {
    story += "\n    " + Fact(*definition_, record.record);
  }
  return story;
}

void RandomSaga::Fail(const std::string& problem) {
  if (problem_.empty()) problem_ = problem;
}

void RandomSaga::Start() {
  const StartRequest request{
      .saga = SagaId("default", "r"),
      .definition = definition_,
      .input = EmptyPayload(),
      .deadline = dice_.Chance(50) ? definition_->deadline : std::chrono::milliseconds(0)};
  Decision decision = DecideStart(request, now_, conditions_);
  const NumberedRecord started{Revision{1}, now_, decision.records.front()};
  saga_ = Begin(request.saga, definition_, started);
  journal_.push_back(started);
  decision.records.erase(decision.records.begin());
  Commit(decision, false);
}

void RandomSaga::Disturb() {
  switch (dice_.Below(12)) {
    case 0:
      return SendSomeReport();
    case 1:
      return SendSomeSignal();
    case 2:
    case 3:
      return PassTime();
    case 4:
      return Crash();
    case 5:
      return dice_.Chance(30) ? ActAsPerson() : PassTime();
    case 6:
      return Take(ParticipantRecovered{dice_.Pick(definition_->steps).action.participant});
    case 7:
      if (late_.empty()) return;
      participants_.Deliver(late_.back().step, late_.back().operation);
      return late_.pop_back();
    default:
      return AnswerSomeCall();
  }
}

void RandomSaga::AnswerSomeCall() {
  if (in_flight_.empty()) return;
  const std::size_t which = dice_.Below(in_flight_.size());
  const Effect effect = in_flight_[which];
  in_flight_.erase(in_flight_.begin() + static_cast<std::ptrdiff_t>(which));
  if (const auto* start = std::get_if<StartFollowUp>(&effect)) {
    const bool taken = dice_.Chance(50);
    return Take(FollowUpReplied{start->place,
                                taken ? CallOutcome::kSucceeded : CallOutcome::kUnknown,
                                taken ? Failure{} : Failure{StatusCode::kUnavailable, "", "", ""}});
  }
  const auto& call = std::get<CallParticipant>(effect);
  switch (dice_.Below(10)) {
    case 0:  // The answer is lost.
      participants_.Deliver(call.step, call.operation);
      return Take(ReplyTo(call, Failed(CallOutcome::kUnknown, StatusCode::kUnavailable)));
    case 1:  // The request is late.
      late_.push_back(call);
      return Take(ReplyTo(call, Failed(CallOutcome::kUnknown, StatusCode::kDeadlineExceeded)));
    case 2:
      return Take(ReplyTo(call, Failed(CallOutcome::kNotSent, StatusCode::kUnavailable)));
    case 3:
      if (dice_.Chance(70)) return AnswerWell(call);
      return Take(
          ReplyTo(call, Failed(CallOutcome::kMisconfigured, StatusCode::kPermissionDenied)));
    case 4:
      // What the participant did not do it may refuse; and it will go on refusing it.
      if (IsForward(call.operation) && participants_.EffectOf(call.step) == "none") {
        participants_.Refuse(call.step, call.operation);
      }
      return AnswerWell(call);
    default:
      return AnswerWell(call);
  }
}

void RandomSaga::AnswerWell(const CallParticipant& call) {
  const CallReplied reply = participants_.Deliver(call.step, call.operation);
  const bool accepts =
      definition_->step(call.step).async && call.operation != Operation::kQuery && dice_.Chance(70);
  if (!accepts) return Take(ReplyTo(call, reply));
  reports_.push_back({call.step, call.operation, reply.outcome, reply.output, reply.failure});
  Take(ReplyTo(call, {.outcome = CallOutcome::kAccepted}));
}

void RandomSaga::SendSomeReport() {
  if (!reports_.empty()) Take(dice_.Pick(reports_));
}

void RandomSaga::SendSomeSignal() {
  static const std::vector<std::string> kNames = {"go", "done"};
  static const std::vector<std::string> kIds = {"a", "b", "c"};
  Take(SignalArrived{dice_.Pick(kNames), dice_.Pick(kIds), EmptyPayload()});
}

void RandomSaga::ActAsPerson() {
  static const std::vector<OperatorAction> kActions = {
      OperatorAction::kRetry, OperatorAction::kCompensate, OperatorAction::kPause,
      OperatorAction::kResume, OperatorAction::kResume};
  if (dice_.Chance(20)) return Take(CancelRequest{.actor = "shop", .reason = "changed their mind"});
  Take(OperatorRequest{.action = dice_.Pick(kActions),
                       .actor = "alice",
                       .reason = "because",
                       .new_key = dice_.Chance(50)});
}

void RandomSaga::PassTime() {
  const auto wake = NextWake(saga_);
  if (wake && dice_.Chance(60)) now_ = std::max(now_, *wake);
  now_ += seconds(dice_.Below(3));
  Take(Wake{});
}

void RandomSaga::Take(const Input& input) {
  const Decision decision = Decide(saga_, input, now_, conditions_);
  if (!decision.refusal.ok()) {
    if (!decision.records.empty() || !decision.effects.empty()) Fail("a refusal changes something");
    return;
  }
  Commit(decision, std::holds_alternative<OperatorRequest>(input));
}

void RandomSaga::Commit(const Decision& decision, bool by_person) {
  if (IsEnded(saga_.state)) return;
  const Saga before = saga_;
  for (NumberedRecord& record : Apply(saga_, decision, now_)) journal_.push_back(std::move(record));
  Judge(decision, before, by_person);
  in_flight_.insert(in_flight_.end(), decision.effects.begin(), decision.effects.end());
}

Saga RandomSaga::Replayed() const {
  Saga saga = Begin(saga_.id, definition_, journal_.front());
  for (std::size_t i = 1; i < journal_.size(); ++i) Evolve(saga, journal_[i]);
  return saga;
}

// Another owner: only the journal is left, and calls whose answers never come.
void RandomSaga::Crash() {
  for (const Effect& effect : in_flight_) {
    const auto* call = std::get_if<CallParticipant>(&effect);
    if (call == nullptr) continue;
    if (dice_.Chance(50)) {
      participants_.Deliver(call->step, call->operation);
    } else {
      late_.push_back(*call);
    }
  }
  saga_ = Replayed();
  MarkRecovered(saga_);
  // The new owner cannot know what the one before had released.
  for (std::size_t i = 0; i < saga_.steps.size(); ++i) {
    if (saga_.steps[i].pending) called_.insert(ToStep(i));
  }
  in_flight_ = ResumeEffects(saga_);
  for (const Effect& effect : in_flight_) MarkReleased(saga_, effect);
}

void RandomSaga::Settle() {
  int stuck = 0;
  for (int turn = 0; turn < kTurnsMax && problem_.empty() && !IsEnded(saga_.state); ++turn) {
    if (saga_.paused) {
      Take(OperatorRequest{.action = OperatorAction::kResume, .actor = "a", .reason = "b"});
    } else if (!in_flight_.empty()) {
      const Effect effect = in_flight_.back();
      in_flight_.pop_back();
      std::visit(Overloaded{[this](const CallParticipant& call) { AnswerWell(call); },
                            [this](const StartFollowUp& start) {
                              Take(FollowUpReplied{start.place, CallOutcome::kSucceeded, {}});
                            }},
                 effect);
    } else if (const auto wake = NextWake(saga_);
               wake && (HealthOf(saga_) != SagaHealth::kStuck || turn % 3 != 0)) {
      now_ = std::max(now_, *wake);
      Take(Wake{});
    } else if (HealthOf(saga_) == SagaHealth::kStuck && ++stuck > 3) {
      if (!GiveWay()) Fail("nothing that a person can do moves it");
    } else {
      const std::string id = fmt::format("fresh-{}", turn);
      Take(SignalArrived{turn % 2 == 0 ? "go" : "done", id, EmptyPayload()});
      SendSomeReport();
      Take(OperatorRequest{
          .action = OperatorAction::kRetry, .actor = "a", .reason = "b", .new_key = true});
    }
  }
  if (problem_.empty() && !IsEnded(saga_.state)) Fail("it does not end");
}

// A person says that what is stuck is done, whether it is or not.
bool RandomSaga::GiveWay() {
  lied_ = true;
  const std::size_t before = journal_.size();
  for (std::size_t i = 0; i < saga_.steps.size() && journal_.size() == before; ++i) {
    if (!saga_.steps[i].pending || !saga_.steps[i].pending->stuck) continue;
    Take(OperatorRequest{.action = OperatorAction::kSettleDone,
                         .actor = "a",
                         .reason = "b",
                         .step = ToStep(i),
                         .output = EmptyPayload()});
  }
  return journal_.size() > before;
}

void RandomSaga::Judge(const Decision& decision, const Saga& before, bool by_person) {
  const std::string difference = DifferenceOf(Replayed(), saga_);
  if (!difference.empty()) Fail("a replay gives another state: " + difference);
  if (const std::string idle = IdleProblem(saga_); !idle.empty()) Fail(idle);
  for (const Record& record : decision.records) JudgeRecord(record, before, by_person);
  for (const Effect& effect : decision.effects) {
    if (const auto* call = std::get_if<CallParticipant>(&effect)) JudgeCall(*call, before);
  }
  if (participants_.Contradicts()) Fail("a hold was confirmed and cancelled");
}

void RandomSaga::JudgeRecord(const Record& record, const Saga& before, bool by_person) {
  if (std::holds_alternative<CompensationStarted>(record) && PivotPassed(before)) {
    Fail("it turned back behind the point of no return");
  }
  if (std::holds_alternative<HoldsDecided>(record) && before.holds) Fail("holds decided twice");
  const auto* fired = std::get_if<TimerFired>(&record);
  if (fired == nullptr || by_person) return;
  const auto& pending = before.step(fired->step).pending;
  if (!pending || !pending->until || now_ < *pending->until) Fail("a timer fired before its time");
}

void RandomSaga::JudgeCall(const CallParticipant& call, const Saga& before) {
  const StepProgress& step = saga_.step(call.step);
  switch (call.operation) {
    case Operation::kAction:
    case Operation::kTry:
      if (saga_.state == SagaState::kCompensating && !called_.contains(call.step)) {
        Fail("a step was called for the first time on the way back");
      }
      called_.insert(call.step);
      break;
    case Operation::kQuery:
      if (!called_.contains(call.step)) Fail("a query about a call that was never made");
      break;
    case Operation::kConfirm:
      if (saga_.holds != HoldDecision::kConfirm) Fail("a confirm without its decision");
      break;
    case Operation::kUndo:
    case Operation::kCancel:
      if (call.operation == Operation::kCancel && !saga_.holds) Fail("a cancel without a decision");
      if (saga_.state == SagaState::kCompensating && !UndoIsInOrder(call.step)) {
        Fail("an undo before that of what depends on it");
      }
      break;
  }
  if (step.pending && !step.pending->in_flight) Fail("a call was released and is not marked");
  const auto& waited = before.step(call.step).pending;
  if (waited && waited->in_flight && waited->operation == call.operation &&
      waited->attempts == call.attempt) {
    Fail("a call was made twice at once");
  }
}

bool RandomSaga::UndoIsInOrder(StepIndex step) const {
  const auto& dependants = definition_->step(step).descendants;
  return std::all_of(dependants.begin(), dependants.end(), [this](StepIndex index) {
    const StepProgress& dependant = saga_.step(index);
    // Undone again, because its action succeeded late: what came before it is undone already.
    if (dependant.late || dependant.key_generation > 0) return true;
    return !definition_->step(index).undo || !dependant.effect_possible ||
           dependant.state == StepState::kUndone;
  });
}

void RandomSaga::JudgeEnd() {
  for (const CallParticipant& call : late_) participants_.Deliver(call.step, call.operation);
  for (const FollowUpProgress& follow_up : saga_.follow_ups) {
    if (!follow_up.started) Fail("it ended before what follows it was started");
  }
  if (lied_) return;
  for (std::size_t i = 0; i < saga_.steps.size(); ++i) {
    const Step& step = definition_->steps[i];
    if (!HasCall(step, ForwardOperation(step)) || step.optional) continue;
    const std::string effect = participants_.EffectOf(ToStep(i));
    const bool skipped = saga_.steps[i].state == StepState::kSkipped;
    if (saga_.state == SagaState::kSucceeded) {
      const std::string wanted =
          skipped ? "none" : (step.kind == StepKind::kTcc ? "confirmed" : "there");
      if (effect != wanted)
        Fail(fmt::format("SUCCEEDED, and the effect of {} is {}", step.id, effect));
    } else if (step.undo && effect != "none") {
      Fail(fmt::format("COMPENSATED, and the effect of {} is {}", step.id, effect));
    }
  }
}

}  // namespace saga::testing

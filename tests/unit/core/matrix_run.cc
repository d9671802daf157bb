#include "unit/core/matrix_run.h"

#include <fmt/format.h>

#include <chrono>
#include <deque>
#include <vector>

#include "base/overloaded.h"
#include "orchestrator/core/decide.h"
#include "unit/core/fake_participants.h"
#include "unit/core/saga_checks.h"
#include "unit/core/scenario.h"
#include "unit/core/scenario_text.h"
#include "unit/core/scripted_conditions.h"

namespace saga::testing {
namespace {

constexpr int kTurnsMax = 400;  // Of one run; far beyond what any budget allows.
const std::string kSignalId = "s1";
const ScriptedConditions kConditions;

bool IsSilent(Fault fault) {
  return fault == Fault::kSilentAWhileDone || fault == Fault::kSilentAWhileNotDone ||
         fault == Fault::kSilentDone || fault == Fault::kSilentNotDone;
}
bool IsPassing(Fault fault) {
  return fault == Fault::kSilentAWhileDone || fault == Fault::kSilentAWhileNotDone;
}
bool DoesTheWork(Fault fault) {
  return fault == Fault::kLostDone || fault == Fault::kSilentAWhileDone ||
         fault == Fault::kSilentDone;
}

class Runner {
 public:
  explicit Runner(const MatrixCase& matrix_case)
      : case_(matrix_case),
        definition_(WithoutDeadline(MakePlan(matrix_case.plan))),
        step_(*definition_->Find(matrix_case.step)),
        participants_(*definition_) {
    if (!case_.refusing.empty()) {
      const StepIndex refusing = *definition_->Find(case_.refusing);
      participants_.Refuse(refusing, ForwardOperation(definition_->step(refusing)));
    }
    if (case_.fault == Fault::kDeclined) participants_.Decline(step_);
    if (case_.fault == Fault::kNo) participants_.Refuse(step_, case_.operation);
  }

  MatrixResult Run() {
    Begin();
    for (int turn = 0; turn < kTurnsMax && problem_.empty(); ++turn) {
      if (!inputs_.empty()) {
        const Input input = inputs_.front();
        inputs_.pop_front();
        Take(input);
      } else if (const auto wake = NextWake(saga_)) {
        now_ = std::max(now_, *wake);
        Take(Wake{});
      } else if (!LiftFault()) {
        return Result();
      }
      // An undo is silent until it is stuck; anything else, until the saga has turned back.
      if (saga_.state == SagaState::kCompensating && !IsUndo(case_.operation)) LiftFault();
    }
    if (problem_.empty()) problem_ = "it never rests";
    return Result();
  }

 private:
  // The matrix is about answers; deadlines have scenarios of their own.
  static DefinitionRef WithoutDeadline(const DefinitionRef& plan) {
    Definition definition = *plan;
    definition.deadline = {};
    return *Definition::Make(std::move(definition));
  }

  void Begin() {
    const StartRequest request{
        .saga = SagaId("default", "m"), .definition = definition_, .input = EmptyPayload()};
    Decision decision = DecideStart(request, now_, kConditions);
    const NumberedRecord started{Revision{1}, now_, decision.records.front()};
    saga_ = saga::Begin(request.saga, definition_, started);
    journal_.push_back(started);
    decision.records.erase(decision.records.begin());
    if (case_.early) {
      signalled_ = true;
      inputs_.emplace_back(TheSignal());
    }
    Commit(decision);
  }

  void Take(const Input& input) {
    const Decision decision = Decide(saga_, input, now_, kConditions);
    if (!decision.refusal.ok()) {
      // What comes twice, or too late, may be refused; that is an answer too.
      return;
    }
    Commit(decision);
  }

  void Commit(const Decision& decision) {
    const bool appends = !decision.records.empty() || appends_ == 0;
    const std::size_t append = appends ? appends_++ : appends_;
    const bool crash = appends && append == case_.append;
    if (crash && case_.disturbance == Disturbance::kCrashBefore && append > 0) return Crash();
    const std::vector<Effect> effects = decision.effects;
    for (NumberedRecord& record : Apply(saga_, decision, now_)) journal_.push_back(record);
    if (crash && case_.disturbance == Disturbance::kCrashAfter) return Crash();
    Check();
    Release(effects);
  }

  // Another owner: only the journal is left. Answers under way are lost.
  void Crash() {
    std::erase_if(inputs_, [](const Input& input) {
      return std::holds_alternative<CallReplied>(input) || std::holds_alternative<Wake>(input);
    });
    saga_ = Replayed();
    MarkRecovered(saga_);
    const std::vector<Effect> effects = ResumeEffects(saga_);
    for (const Effect& effect : effects) MarkReleased(saga_, effect);
    Check();
    Release(effects);
    // A signal or a report that was not committed is sent again by whoever sent it.
    if (signalled_) inputs_.emplace_back(TheSignal());
    if (report_) inputs_.emplace_back(*report_);
    if (lifted_) inputs_.emplace_back(IsBack());
  }

  Saga Replayed() const {
    Saga saga = saga::Begin(saga_.id, definition_, journal_.front());
    for (std::size_t i = 1; i < journal_.size(); ++i) Evolve(saga, journal_[i]);
    return saga;
  }

  void Check() {
    problem_ = DifferenceOf(Replayed(), saga_);
    if (problem_.empty()) problem_ = IdleProblem(saga_);
    if (participants_.Contradicts()) problem_ = "a hold was confirmed and cancelled";
  }

  void Release(const std::vector<Effect>& effects) {
    for (const Effect& effect : effects) {
      std::visit(Overloaded{[this](const CallParticipant& call) { Call(call); },
                            [this](const StartFollowUp& start) {
                              inputs_.emplace_back(FollowUpReplied{
                                  .place = start.place, .outcome = CallOutcome::kSucceeded});
                            }},
                 effect);
    }
    SendSignal();
  }

  // The business signals once the saga waits for it.
  void SendSignal() {
    const auto& pending = saga_.step(step_).pending;
    if (!pending || pending->awaited != Awaited::kSignal || signalled_) return;
    if (case_.early || (IsSilent(case_.fault) && !lifted_)) return;
    signalled_ = true;
    Push(TheSignal());
  }
  SignalArrived TheSignal() const {
    return {definition_->step(step_).signal, kSignalId, EmptyPayload()};
  }

  void Push(const Input& input) {
    inputs_.push_back(input);
    if (case_.disturbance == Disturbance::kTwice) inputs_.push_back(input);
  }

  void Reply(const CallParticipant& call, CallReplied reply) {
    reply.step = call.step;
    reply.operation = call.operation;
    reply.attempt = call.attempt;
    Push(reply);
  }
  static CallReplied Lost() {
    return {.outcome = CallOutcome::kUnknown,
            .failure = {StatusCode::kUnavailable, "", "test", ""}};
  }

  void Call(const CallParticipant& call) {
    // A query is asked because the call itself stays silent.
    const bool about_query =
        case_.operation == Operation::kQuery && call.step == step_ && IsForward(call.operation);
    if (about_query) return Silently(call, Fault::kSilentDone);
    const bool faulty = call.step == step_ && call.operation == case_.operation && !lifted_;
    if (!faulty) return Answer(call);
    switch (case_.fault) {
      case Fault::kNone:
      case Fault::kNo:
      case Fault::kDeclined:
        return Answer(call);
      case Fault::kDenied:
        return Reply(call, {.outcome = CallOutcome::kMisconfigured,
                            .failure = {StatusCode::kPermissionDenied, "", "test", ""}});
      case Fault::kLostDone:
      case Fault::kLostNotDone:
        if (calls_++ > 0) return Answer(call);
        return Lose(call, case_.fault);
      case Fault::kSilentAWhileDone:
      case Fault::kSilentAWhileNotDone:
      case Fault::kSilentDone:
      case Fault::kSilentNotDone:
        return Silently(call, case_.fault);
    }
  }

  void Lose(const CallParticipant& call, Fault fault) {
    DoesTheWork(fault) ? static_cast<void>(Reach(call)) : late_.push_back(call);
    Reply(call, Lost());
  }

  void Silently(const CallParticipant& call, Fault fault) {
    const bool accepts = IsForward(call.operation) && definition_->step(call.step).async;
    if (!accepts) return Lose(call, fault);
    if (DoesTheWork(fault)) Reach(call);
    Reply(call, {.outcome = CallOutcome::kAccepted});
  }

  CallReplied Reach(const CallParticipant& call) {
    reached_.push_back(call);
    return participants_.Deliver(call.step, call.operation);
  }

  void Answer(const CallParticipant& call) {
    const CallReplied reply = Reach(call);
    if (!definition_->step(call.step).async || !IsForward(call.operation)) {
      return Reply(call, reply);
    }
    Reply(call, {.outcome = CallOutcome::kAccepted});
    report_ =
        OutcomeReported{call.step, call.operation, reply.outcome, reply.output, reply.failure};
    Push(*report_);
  }

  // What was silent for a while answers again. False = nothing changes by itself any more.
  bool LiftFault() {
    if (lifted_ || !IsPassing(case_.fault)) return false;
    lifted_ = true;
    const Step& step = definition_->step(step_);
    if (step.kind == StepKind::kSignal) {
      signalled_ = true;
      Push(TheSignal());
      return true;
    }
    if (step.async && IsForward(case_.operation)) {
      Answer({step_, case_.operation, 0});
    }
    inputs_.emplace_back(IsBack());
    return true;
  }
  ParticipantRecovered IsBack() const { return {definition_->step(step_).action.participant}; }

  // Everything once more, and what never arrived: of an optional step that may do its work for
  // good, which is why it is optional.
  void DeliverAgain() {
    for (const CallParticipant& call : std::vector(reached_)) Reach(call);
    if (!IsEnded(saga_.state) || definition_->step(step_).optional) return;
    for (const CallParticipant& call : late_) Reach(call);
  }

  MatrixResult Result() {
    if (case_.disturbance == Disturbance::kAgainAtEnd) DeliverAgain();
    MatrixResult result{.appends = appends_, .problem = problem_};
    result.end = IsEnded(saga_.state) ? std::string(SagaStateName(saga_.state)) : "stuck";
    if (result.end == "stuck" && HealthOf(saga_) != SagaHealth::kStuck) result.end = "asleep";
    result.effect = participants_.EffectOf(step_);
    for (const NumberedRecord& record : journal_) {
      result.story += "\n    " + Fact(*definition_, record.record);
    }
    return result;
  }

  MatrixCase case_;
  DefinitionRef definition_;
  StepIndex step_;
  FakeParticipants participants_;
  Saga saga_;
  std::vector<NumberedRecord> journal_;
  std::deque<Input> inputs_;
  std::vector<CallParticipant> reached_;  // Requests that the participants have seen.
  std::vector<CallParticipant> late_;     // Requests that are still on their way.
  std::optional<OutcomeReported> report_;
  std::size_t appends_ = 0;
  int calls_ = 0;
  bool lifted_ = false;
  bool signalled_ = false;
  std::string problem_;
  TimePoint now_ = FromMicros(1'700'000'000'000'000);
};

}  // namespace

MatrixResult RunCase(const MatrixCase& matrix_case) { return Runner(matrix_case).Run(); }

}  // namespace saga::testing

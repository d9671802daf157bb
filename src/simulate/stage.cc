#include "simulate/stage.h"

#include <utility>

#include "base/check.h"
#include "orchestrator/core/outcome.h"
#include "simulate/limits.h"

namespace saga::simulate {
namespace {

Failure FailureOf(StatusCode code, std::string reason, std::string message) {
  return {.code = code, .reason = std::move(reason), .domain = {}, .message = std::move(message)};
}

// A refusal is final only where the engine takes it as one; here it is enough to answer it.
Failure NoAnswer() {
  return FailureOf(StatusCode::kDeadlineExceeded, {}, "no answer within the time-out");
}

}  // namespace

std::vector<PayloadRef> OutputsOf(const Saga& saga) {
  std::vector<PayloadRef> outputs;
  outputs.reserve(saga.steps.size());
  for (const StepProgress& step : saga.steps) outputs.push_back(step.output);
  return outputs;
}

MappingScope ScopeOf(const Saga& saga, const std::vector<PayloadRef>& outputs,
                     const Failure& failure) {
  return {.saga = &saga.id,
          .business_key = &saga.business_key,
          .input = saga.input,
          .outputs = &outputs,
          .output = nullptr,
          .failure = &failure,
          .now = saga.updated};
}

const Fault* Stage::FaultAt(const FaultPlace& place) {
  const std::uint32_t call = ++calls_[place];
  for (const Fault& fault : faults_) {
    if (fault.place == place && (fault.times == 0 || call <= fault.times)) return &fault;
  }
  return nullptr;
}

std::vector<FaultPlace> Stage::places() const {
  std::vector<FaultPlace> places;
  for (const auto& [place, calls] : calls_) places.push_back(place);
  return places;
}

void Stage::Perform(StepIndex step, Operation operation) {
  Trace& trace = traces_[ToSize(step)];
  switch (operation) {
    case Operation::kAction:
      if (trace == Trace::kNone) trace = Trace::kDone;
      return;
    case Operation::kTry:
      if (trace == Trace::kNone) trace = Trace::kHeld;
      return;
    case Operation::kConfirm:
      if (trace == Trace::kHeld) trace = Trace::kDone;
      return;
    case Operation::kUndo:
    case Operation::kCancel:
      trace = trace == Trace::kNone || trace == Trace::kBlocked ? Trace::kBlocked : Trace::kUndone;
      return;
    case Operation::kQuery:
      return;
  }
  SAGA_UNREACHABLE();
}

Reaction Stage::Call(const Saga& saga, const CallParticipant& call) {
  const Step& step = saga.definition->step(call.step);
  Reaction reaction{.reply = {.step = call.step,
                              .operation = call.operation,
                              .attempt = call.attempt,
                              .outcome = CallOutcome::kSucceeded,
                              .output = EmptyPayload(),
                              .failure = {}},
                    .after = kCallTakes,
                    .report = {}};
  const std::vector<PayloadRef> outputs = OutputsOf(saga);
  const Failure failure = saga.compensation ? saga.compensation->failure : Failure();
  const Result<std::string> request =
      scenario_.method(call.step, call.operation).request->Build(ScopeOf(saga, outputs, failure));
  if (!request.ok()) {
    reaction.unsendable = true;
    reaction.reply.outcome = CallOutcome::kMisconfigured;
    reaction.reply.failure = FailureOf(StatusCode::kFailedPrecondition, "CALL_MISCONFIGURED",
                                       request.status().message());
    return reaction;
  }
  if (const Fault* fault = FaultAt({call.step, Moment::kCall, call.operation})) {
    return Fail(*fault, saga, std::move(reaction));
  }
  if (call.operation == Operation::kQuery) return Ask(saga, std::move(reaction));
  const Trace before = trace(call.step);
  if (IsForward(call.operation) && (before == Trace::kBlocked || before == Trace::kUndone)) {
    reaction.reply.outcome = CallOutcome::kRejected;
    reaction.reply.failure =
        FailureOf(StatusCode::kFailedPrecondition, {}, "its undo came before it");
    return reaction;
  }
  if (step.async && IsForward(call.operation)) return Accept(saga, std::move(reaction));
  Perform(call.step, call.operation);
  reaction.acted = true;
  Read(saga, reaction.reply);
  return reaction;
}

void Stage::Read(const Saga& saga, CallReplied& reply) const {
  const SimulatedMethod& method = scenario_.method(reply.step, reply.operation);
  const std::vector<PayloadRef> outputs = OutputsOf(saga);
  const Failure failure = saga.compensation ? saga.compensation->failure : Failure();
  AnswerRules::Reading reading = method.rules->Read(method.answer, ScopeOf(saga, outputs, failure));
  reply.outcome = reading.outcome;
  if (reading.output) reply.output = std::move(reading.output);
  reply.failure = std::move(reading.failure);
}

Reaction Stage::Fail(const Fault& fault, const Saga& saga, Reaction reaction) {
  CallReplied& reply = reaction.reply;
  const saga::Call& call = saga.definition->call(reply.step, reply.operation);
  const bool async = saga.definition->step(reply.step).async && IsForward(reply.operation);
  reaction.acted = fault.kind == FaultKind::kDeclined || fault.kind == FaultKind::kHappened;
  switch (fault.kind) {
    case FaultKind::kAnswer:
      reply.failure = FailureOf(fault.code, fault.reason, "simulated");
      reply.outcome = OutcomeOf(reply.failure, call.errors);
      // `errors` says that it is so already.
      reaction.acted = reply.outcome == CallOutcome::kSucceeded;
      if (reaction.acted) reply.failure = {};
      break;
    case FaultKind::kDeclined:
      Read(saga, reply);
      reply.outcome = CallOutcome::kDeclined;
      reply.failure = FailureOf(StatusCode::kFailedPrecondition, "ANSWER_REJECTED",
                                "its answer means no: " + call.reject_if);
      break;
    case FaultKind::kHappened:
      // The work that was begun ends in its time, whether its start was answered or not.
      if (async) {
        reaction = Accept(saga, std::move(reaction));
        reaction.acted = true;
      }
      [[fallthrough]];
    case FaultKind::kLost:
      reply.outcome = CallOutcome::kUnknown;
      reply.failure = NoAnswer();
      reaction.after = call.timeout;
      break;
  }
  if (reaction.acted) Perform(reply.step, reply.operation);
  return reaction;
}

Reaction Stage::Accept(const Saga& saga, Reaction reaction) {
  CallReplied& reply = reaction.reply;
  const Fault* fault =
      FaultAt({reply.step, Moment::kReport, ForwardOperation(saga.definition->step(reply.step))});
  if (fault == nullptr || fault->kind == FaultKind::kHappened) {
    Perform(reply.step, reply.operation);
    reaction.acted = true;
  }
  if (fault == nullptr) {
    reaction.report = ReportOf(saga, reply);
  } else if (fault->kind == FaultKind::kAnswer) {
    reaction.report =
        OutcomeReported{.step = reply.step,
                        .operation = reply.operation,
                        .outcome = CallOutcome::kRejected,
                        .output = EmptyPayload(),
                        .failure = FailureOf(fault->code, fault->reason, "simulated")};
  }
  reply.outcome = CallOutcome::kAccepted;
  return reaction;
}

OutcomeReported Stage::ReportOf(const Saga& saga, const CallReplied& reply) const {
  CallReplied read = reply;
  Read(saga, read);
  return {.step = read.step,
          .operation = read.operation,
          .outcome = read.outcome,
          .output = read.output,
          .failure = read.failure};
}

Reaction Stage::Ask(const Saga& saga, Reaction reaction) {
  CallReplied& reply = reaction.reply;
  if (scenario_.method(reply.step, Operation::kQuery).answer_given) {
    Read(saga, reply);
    return reaction;
  }
  // Nobody said what it answers: the truth.
  const Trace now = trace(reply.step);
  if (now == Trace::kHeld || now == Trace::kDone) {
    CallReplied own = reply;
    own.operation = ForwardOperation(saga.definition->step(reply.step));
    Read(saga, own);
    reply.outcome = own.outcome;
    reply.output = own.output;
    reply.failure = own.failure;
  } else if (saga.definition->step(reply.step).query->rejected_if.empty()) {
    reply.outcome = CallOutcome::kUnknown;
  } else {
    reply.outcome = CallOutcome::kRejected;
    reply.failure = FailureOf(StatusCode::kFailedPrecondition, "ANSWER_REJECTED",
                              "the query's answer means no");
  }
  return reaction;
}

bool Stage::SignalComes(StepIndex step) {
  return FaultAt({step, Moment::kSignal, Operation::kAction}) == nullptr;
}

}  // namespace saga::simulate

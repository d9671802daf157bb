#include "orchestrator/record_names.h"

#include <fmt/format.h>

#include "base/overloaded.h"

namespace saga {

std::string_view RecordTypeName(const Record& record) {
  return std::visit(
      Overloaded{
          [](const SagaStarted&) { return std::string_view("saga.started.v1"); },
          [](const StepSucceeded&) { return std::string_view("step.succeeded.v1"); },
          [](const StepRejected&) { return std::string_view("step.rejected.v1"); },
          [](const StepInDoubt&) { return std::string_view("step.in_doubt.v1"); },
          [](const StepRetrying&) { return std::string_view("step.retrying.v1"); },
          [](const StepGivenUp&) { return std::string_view("step.given_up.v1"); },
          [](const StepLate&) { return std::string_view("step.late.v1"); },
          [](const StepUndone&) { return std::string_view("step.undone.v1"); },
          [](const StepStuck&) { return std::string_view("saga.stuck.v1"); },
          [](const StepRecovered&) { return std::string_view("saga.recovered.v1"); },
          [](const CompensationStarted&) { return std::string_view("saga.compensating.v1"); },
          [](const SagaPaused&) { return std::string_view("saga.paused.v1"); },
          [](const SagaResumed&) { return std::string_view("saga.resumed.v1"); },
          [](const OperatorActed&) { return std::string_view("operator.acted.v1"); },
          [](const SagaSucceeded&) { return std::string_view("saga.succeeded.v1"); },
          [](const SagaCompensated&) { return std::string_view("saga.compensated.v1"); },
          [](const SagaResolved&) { return std::string_view("saga.resolved.v1"); },
          [](const HoldsDecided&) { return std::string_view("saga.decided.v1"); },
          [](const StepAccepted&) { return std::string_view("step.accepted.v1"); },
          [](const StepConfirmed&) { return std::string_view("step.confirmed.v1"); },
          [](const StepCancelled&) { return std::string_view("step.cancelled.v1"); },
          [](const TimerFired&) { return std::string_view("step.timer_fired.v1"); },
          [](const SignalReceived&) { return std::string_view("saga.signal_received.v1"); },
          [](const FollowUpRequested&) { return std::string_view("saga.follow_up_requested.v1"); },
          [](const FollowUpStarted&) { return std::string_view("saga.follow_up_started.v1"); },
          [](const FollowUpStuck&) { return std::string_view("saga.follow_up_stuck.v1"); },
          [](const FollowUpRecovered&) { return std::string_view("saga.follow_up_recovered.v1"); },
      },
      record);
}

RecordSubject SubjectOf(const Record& record) {
  const auto of = [](const auto& r) {
    return RecordSubject{.step = r.step, .operation = r.operation, .attempts = r.attempts};
  };
  return std::visit(Overloaded{
                        [](const SagaStarted&) { return RecordSubject{}; },
                        [&](const StepSucceeded& r) { return of(r); },
                        [&](const StepRejected& r) { return of(r); },
                        [&](const StepInDoubt& r) { return of(r); },
                        [&](const StepRetrying& r) { return of(r); },
                        [](const StepGivenUp& r) {
                          return RecordSubject{r.step, Operation::kAction, r.attempts};
                        },
                        [&](const StepLate& r) { return of(r); },
                        [&](const StepUndone& r) { return of(r); },
                        [&](const StepStuck& r) { return of(r); },
                        [](const StepRecovered& r) {
                          return RecordSubject{r.step, r.operation, 0};
                        },
                        [](const CompensationStarted& r) {
                          return RecordSubject{r.step, std::nullopt, 0};
                        },
                        [](const SagaPaused&) { return RecordSubject{}; },
                        [](const SagaResumed&) { return RecordSubject{}; },
                        [](const OperatorActed& r) {
                          return RecordSubject{r.step, r.operation, 0};
                        },
                        [](const SagaSucceeded&) { return RecordSubject{}; },
                        [](const SagaCompensated&) { return RecordSubject{}; },
                        [](const SagaResolved&) { return RecordSubject{}; },
                        [](const HoldsDecided&) { return RecordSubject{}; },
                        [&](const StepAccepted& r) { return of(r); },
                        [&](const StepConfirmed& r) { return of(r); },
                        [&](const StepCancelled& r) { return of(r); },
                        [](const TimerFired& r) {
                          return RecordSubject{r.step, Operation::kAction, 0};
                        },
                        [](const SignalReceived&) { return RecordSubject{}; },
                        [](const FollowUpRequested&) { return RecordSubject{}; },
                        [](const FollowUpStarted&) { return RecordSubject{}; },
                        [](const FollowUpStuck&) { return RecordSubject{}; },
                        [](const FollowUpRecovered&) { return RecordSubject{}; },
                    },
                    record);
}

std::string DueCallName(const Definition& definition, const DueCall& call) {
  const std::string& step = definition.step(call.step).id;
  if (IsForward(call.operation)) return step;
  return fmt::format("{}/{}", step, OperationName(call.operation));
}

}  // namespace saga

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
                    },
                    record);
}

std::string DueCallName(const Definition& definition, const DueCall& call) {
  const std::string& step = definition.step(call.step).id;
  if (call.operation == Operation::kAction || call.operation == Operation::kTry) return step;
  return fmt::format("{}/{}", step, OperationName(call.operation));
}

}  // namespace saga

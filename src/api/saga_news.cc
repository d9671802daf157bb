#include "api/saga_news.h"

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <utility>

#include "api/names.h"
#include "api/status_convert.h"
#include "api/validation.h"
#include "base/overloaded.h"
#include "definition/answer_rules.h"
#include "definition/mapping.h"
#include "orchestrator/core/decide.h"
#include "orchestrator/core/follow_up.h"

namespace saga::api {
namespace {

// What is needed of a saga to understand what its step answers.
struct Understanding {
  DefinitionRef definition;
  FollowUpOrder scope;  // The same values that a follow-up is built from.
};

Status NoSuchStep(const SagaId& saga) {
  return {StatusCode::kInvalidArgument, "TASK_TOKEN_INVALID",
          fmt::format("saga '{}' has no such step: the token belongs to another saga of this name",
                      saga.id())};
}

// The output must be what the method answers, and is judged as its answer would have been.
Status Understand(const Understanding& saga, const DescriptorSource& types,
                  OutcomeReported& report) {
  const Definition& definition = *saga.definition;
  if (!IsForward(report.operation)) {
    report.output = EmptyPayload();  // Nobody reads it.
    return Status::Ok();
  }
  const TypeHandle type = TypesOf(definition, types).steps[ToSize(report.step)];
  if (type.type != nullptr) {
    const Status fits = CheckInput(*report.output, type.type->full_name(), type);
    if (!fits.ok()) return InvalidField("output", fits.message());
  }
  SAGA_ASSIGN_OR_RETURN(const auto rules, AnswerRules::Compile(definition, report.step,
                                                               report.operation, type, types));
  AnswerRules::Reading reading =
      rules->Read(report.output, {.saga = &saga.scope.cause,
                                  .business_key = &saga.scope.business_key,
                                  .input = saga.scope.input,
                                  .outputs = &saga.scope.outputs,
                                  .failure = &saga.scope.failure});
  if (reading.outcome == CallOutcome::kUnknown) {
    return {reading.failure.code, reading.failure.reason, reading.failure.message};
  }
  report.outcome = reading.outcome;
  report.failure = std::move(reading.failure);
  return Status::Ok();
}

std::string Summary(const Saga& saga, const std::variant<OutcomeReported, SignalArrived>& news) {
  return std::visit(Overloaded{[&saga](const OutcomeReported& report) {
                                 const bool done = report.outcome == CallOutcome::kSucceeded;
                                 return fmt::format("{} of step '{}' {} after the end",
                                                    OperationName(report.operation),
                                                    saga.definition->step(report.step).id,
                                                    done ? "succeeded" : "was refused");
                               },
                               [](const SignalArrived& signal) {
                                 return fmt::format("signal '{}' ({}) came after the end",
                                                    signal.name, signal.id);
                               }},
                    news);
}

}  // namespace

void SagaNews::Report(const SagaId& saga, const OutcomeReported& report, const Caller& caller,
                      const NewsDone& done) {
  if (report.outcome != CallOutcome::kSucceeded) return Post(saga, report, caller, done);
  orchestrator_.Get(saga, [this, saga, report, caller, done](const RequestAnswer& answer) {
    if (!answer.status.ok()) return done(answer.status, {});
    if (answer.saga == nullptr) return AnswerAfterEnd(saga, report, caller, done);
    if (!answer.saga->unreadable.empty()) return Post(saga, report, caller, done);
    if (ToSize(report.step) >= answer.saga->steps.size()) return done(NoSuchStep(saga), {});
    const Understanding known{answer.saga->definition, OrderOf(*answer.saga, {})};
    auto understood = std::make_shared<OutcomeReported>(report);
    finder_.OnPool([this, known, understood] { return Understand(known, types_, *understood); },
                   [this, saga, understood, caller, done](const Status& status) {
                     if (!status.ok()) return done(status, {});
                     Post(saga, *understood, caller, done);
                   });
  });
}

void SagaNews::Signal(const SagaId& saga, const SignalArrived& signal, const Caller& caller,
                      const NewsDone& done) {
  Post(saga, signal, caller, done);
}

void SagaNews::Post(const SagaId& saga, const News& news, const Caller& caller,
                    const NewsDone& done) {
  const AnswerFn answer = [this, saga, news, caller, done](const RequestAnswer& got) {
    if (!got.status.ok()) return done(got.status, {});
    if (got.saga == nullptr) return AnswerAfterEnd(saga, news, caller, done);
    done(Status::Ok(), {.saga = got.saga, .repeated = got.repeated, .follow_up = {}});
  };
  std::visit(
      Overloaded{[&](const OutcomeReported& report) { orchestrator_.Report(saga, report, answer); },
                 [&](const SignalArrived& signal) { orchestrator_.Signal(saga, signal, answer); }},
      news);
}

void SagaNews::AnswerAfterEnd(const SagaId& saga, const News& news, const Caller& caller,
                              const NewsDone& done) {
  // The task answers by itself unless it fails: a follow-up is answered later.
  finder_.OnPool(
      [this, saga, news, caller, done]() -> Status {
        SAGA_ASSIGN_OR_RETURN(const EndedSaga ended, finder_.LoadEnded(saga));
        Input input;
        if (const auto* report = std::get_if<OutcomeReported>(&news)) {
          if (ToSize(report->step) >= ended.saga.steps.size()) return NoSuchStep(saga);
          OutcomeReported understood = *report;
          if (report->outcome == CallOutcome::kSucceeded) {
            const Understanding known{ended.saga.definition, OrderOf(ended.saga, {})};
            SAGA_RETURN_IF_ERROR(Understand(known, types_, understood));
          }
          input = std::move(understood);
        } else {
          input = std::get<SignalArrived>(news);
        }
        const Decision decision = Decide(ended.saga, input, orchestrator_.Now(), NoConditions());
        SAGA_RETURN_IF_ERROR(decision.refusal);
        for (const Effect& effect : decision.effects) {
          if (const auto* start = std::get_if<StartFollowUp>(&effect)) {
            StartLate(ended.saga, start->place, news, caller, done);
            return Status::Ok();
          }
        }
        if (!decision.repeated) SAGA_RETURN_IF_ERROR(Note(ended.saga, news, caller, ""));
        done(Status::Ok(), {.saga = nullptr, .repeated = decision.repeated, .follow_up = {}});
        return Status::Ok();
      },
      [done](const Status& status) {
        if (!status.ok()) done(status, {});
      });
}

void SagaNews::StartLate(const Saga& saga, const FollowUpPlace& place, const News& news,
                         const Caller& caller, const NewsDone& done) {
  FollowUpOrder order = OrderOf(saga, place);
  const auto* report = std::get_if<OutcomeReported>(&news);
  PayloadRef& output = order.outputs[place.index];
  output = report != nullptr ? report->output : std::get<SignalArrived>(news).payload;
  const std::string name = SagaName(FollowUpId(saga.id, *saga.definition, place));
  auto kept = std::make_shared<const Saga>(saga);
  follow_ups_.Start(
      std::move(order), [this, kept, news, caller, done, name](const FollowUpReplied& reply) {
        if (reply.outcome != CallOutcome::kSucceeded) {
          return done(Status(reply.failure.code, reply.failure.reason,
                             fmt::format("{} cannot be started: {}", name, reply.failure.message)),
                      {});
        }
        finder_.OnPool([this, kept, news, caller, name] { return Note(*kept, news, caller, name); },
                       [done, name](const Status& status) {
                         done(status, {.saga = nullptr, .repeated = false, .follow_up = name});
                       });
      });
}

Status SagaNews::Note(const Saga& saga, const News& news, const Caller& caller,
                      const std::string& follow_up) {
  AuditEntry entry;
  entry.name_space = saga.id.name_space();
  entry.actor = caller.actor;
  entry.client = caller.client;
  entry.method = std::holds_alternative<OutcomeReported>(news) ? "ReportStepOutcome" : "SignalSaga";
  entry.resource = SagaName(saga.id);
  entry.reason = Summary(saga, news);
  entry.reference = follow_up;
  entry.outcome = "accepted";
  return audit_.AddAuditEntry(entry);
}

}  // namespace saga::api

// StartSaga: one hop in, one answer out.
#include <fmt/format.h>

#include <utility>

#include "api/limits.h"
#include "api/names.h"
#include "api/saga_service.h"
#include "api/start_saga.h"
#include "api/status_convert.h"
#include "api/validation.h"
#include "base/uuid.h"
#include "orchestrator/core/decide.h"

namespace saga::api {
namespace {

Status Reused(const SagaId& saga) {
  return Status(StatusCode::kAlreadyExists, "SAGA_ID_REUSED",
                fmt::format("saga '{}' was started with another definition, input, business key or "
                            "labels",
                            saga.id()))
      .WithMetadata(std::string(kResourceKey), SagaName(saga));
}

// The name of the saga to be; of one without an id, only its parent.
std::string StartedName(const v1::StartSagaRequest& request) {
  return request.parent() + "/sagas/" + request.saga_id();
}

std::optional<WaitGoal> GoalOf(v1::WaitUntil until) {
  if (until == v1::WAIT_UNTIL_PIVOT) return WaitGoal::kPivot;
  if (until == v1::WAIT_UNTIL_END) return WaitGoal::kEnd;
  return std::nullopt;
}

}  // namespace

struct SagaService::Start {
  SagaId saga;
  StartRequest request;  // Kept for a preview only.
  std::string digest;
  v1::WaitUntil until = v1::WAIT_UNTIL_UNSPECIFIED;
  std::chrono::milliseconds patience{0};
  v1::StartSagaResponse* response = nullptr;
  Finisher finisher;
};

grpc::ServerUnaryReactor* SagaService::StartSaga(grpc::CallbackServerContext* context,
                                                 const v1::StartSagaRequest* request,
                                                 v1::StartSagaResponse* response) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  const Finisher finisher(reactor, "saga.v1.SagaService/StartSaga");
  if (forwarder_.Forward(*context, StartedName(*request), *request, *response, finisher))
    return reactor;
  if (const Status status = BeginStart(*context, *request, *response, finisher); !status.ok()) {
    finisher.Finish(status);
  }
  return reactor;
}

Status SagaService::BeginStart(const grpc::CallbackServerContext& context,
                               const v1::StartSagaRequest& request, v1::StartSagaResponse& response,
                               const Finisher& finisher) {
  SAGA_RETURN_IF_ERROR(CheckStartRequest(request));
  SAGA_ASSIGN_OR_RETURN(const std::string name_space, ParseParent("parent", request.parent()));
  SAGA_ASSIGN_OR_RETURN(const DefinitionName name,
                        ParseDefinitionName("definition", request.definition(), name_space));
  if (name.name_space != name_space) {
    return InvalidField("definition",
                        fmt::format("is in another namespace than the saga ({})", name_space));
  }
  if (!v1::WaitUntil_IsValid(request.wait_until())) {
    return InvalidField("wait_until", "must be PIVOT or END");
  }
  SAGA_ASSIGN_OR_RETURN(const Caller caller, CallerOf(context));
  SAGA_ASSIGN_OR_RETURN(const DefinitionRef definition,
                        definitions_.ForStart(name.name_space, ReferenceOf(name)));
  const std::string id =
      request.saga_id().empty() ? MakeUuidV7(orchestrator_.Now()) : request.saga_id();
  const SagaId saga(name_space, id);
  SAGA_ASSIGN_OR_RETURN(StartRequest start, MakeStart(request, saga, definition, caller, types_));
  Start state{.saga = saga,
              .digest = start.start_digest,
              .until = request.wait_until(),
              .patience = TimeLeft(context, kWaitMax),
              .response = &response,
              .finisher = finisher};
  if (request.validate_only()) {
    state.request = std::move(start);
    Preview(state);
    return Status::Ok();
  }
  orchestrator_.Start(
      std::move(start),
      [this, state = std::move(state)](const RequestAnswer& answer) { OnStarted(state, answer); });
  return Status::Ok();
}

void SagaService::OnStarted(const Start& start, const RequestAnswer& answer) {
  const auto finish = [finisher = start.finisher](const Status& status) {
    finisher.Finish(status);
  };
  if (!answer.status.ok()) return finish(answer.status);
  if (answer.saga == nullptr) {
    return finder_.OnPool([this, start] { return AnswerForEnded(start); }, finish);
  }
  start.response->set_already_started(answer.already_started);
  const std::optional<WaitGoal> goal = GoalOf(start.until);
  if (goal) return WaitFor(start, *goal);
  ToProto(*answer.saga, View::kResult, finder_.view(), *start.response->mutable_saga());
  finish(Status::Ok());
}

Status SagaService::AnswerForEnded(const Start& start) {
  SAGA_ASSIGN_OR_RETURN(const std::optional<SagaRow> row, reader_.GetRow(start.saga));
  if (!row) {
    return Status(
        StatusCode::kAborted, "START_UNDECIDED",
        fmt::format("saga '{}' has just left the database; start it again", start.saga.id()));
  }
  if (row->start_digest != start.digest) return Reused(start.saga);
  start.response->set_already_started(true);
  return finder_.ReadEnded(start.saga, View::kResult, *start.response->mutable_saga());
}

// Everything but the start: the id must be free, and what would be started is shown.
void SagaService::Preview(const Start& start) {
  orchestrator_.Get(start.saga, [this, start](const RequestAnswer& answer) {
    if (!answer.status.ok()) return start.finisher.Finish(answer.status);
    if (answer.saga != nullptr) {
      if (answer.saga->start_digest != start.digest) {
        return start.finisher.Finish(Reused(start.saga));
      }
      start.response->set_already_started(true);
      ToProto(*answer.saga, View::kBasic, finder_.view(), *start.response->mutable_saga());
      return start.finisher.Finish(Status::Ok());
    }
    finder_.OnPool(
        [this, start]() -> Status {
          SAGA_ASSIGN_OR_RETURN(const std::optional<SagaRow> row, reader_.GetRow(start.saga));
          if (row) return AnswerForEnded(start);
          const TimePoint now = orchestrator_.Now();
          const Decision decision = DecideStart(start.request, now, conditions_);
          const Saga saga = Begin(start.saga, start.request.definition,
                                  NumberedRecord{Revision{1}, now, decision.records.at(0)});
          ToProto(saga, View::kSteps, finder_.view(), *start.response->mutable_saga());
          return Status::Ok();
        },
        [start](const Status& status) { start.finisher.Finish(status); });
  });
}

void SagaService::WaitFor(const Start& start, WaitGoal goal) {
  orchestrator_.Wait(start.saga, goal, start.patience, [this, start](const RequestAnswer& answer) {
    v1::Saga& proto = *start.response->mutable_saga();
    if (!answer.status.ok()) return start.finisher.Finish(answer.status);
    if (answer.saga != nullptr) {
      ToProto(*answer.saga, View::kResult, finder_.view(), proto);
      return start.finisher.Finish(Status::Ok());
    }
    // It has ended before it could be waited for.
    finder_.Find(start.saga, View::kResult, proto,
                 [start](const Status& status) { start.finisher.Finish(status); });
  });
}

}  // namespace saga::api

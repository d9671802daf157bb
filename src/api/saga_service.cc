#include "api/saga_service.h"

#include <algorithm>
#include <utility>

#include "api/convert.h"
#include "api/event_view.h"
#include "api/filter.h"
#include "api/forwarded_watch.h"
#include "api/limits.h"
#include "api/list_sagas.h"
#include "api/names.h"
#include "api/page_token.h"
#include "api/readable_payloads.h"
#include "api/status_convert.h"
#include "api/validation.h"

namespace saga::api {
namespace {

Result<View> ReadView(v1::SagaView view) {
  if (view == v1::SAGA_VIEW_BASIC) return View::kBasic;
  if (view == v1::SAGA_VIEW_FULL) return View::kFull;
  if (view == v1::SAGA_VIEW_STEPS || view == v1::SAGA_VIEW_UNSPECIFIED) return View::kSteps;
  return InvalidField("view", "must be BASIC, STEPS or FULL");
}

bool Reached(const v1::Saga& saga, WaitGoal goal) {
  const bool turned = saga.state() == v1::Saga::STATE_COMPENSATING;
  if (goal == WaitGoal::kPivot && (turned || saga.pivot_passed())) return true;
  return saga.state() != v1::Saga::STATE_RUNNING && !turned;
}

}  // namespace

grpc::ServerUnaryReactor* SagaService::GetSaga(grpc::CallbackServerContext* context,
                                               const v1::GetSagaRequest* request,
                                               v1::GetSagaResponse* response) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  const Finisher finisher(reactor, "saga.v1.SagaService/GetSaga");
  if (forwarder_.Forward(*context, request->name(), *request, *response, finisher)) return reactor;
  const auto run = [&]() -> Status {
    SAGA_ASSIGN_OR_RETURN(const SagaId saga, ParseSagaName("name", request->name()));
    SAGA_ASSIGN_OR_RETURN(const View view, ReadView(request->view()));
    const auto finish = [finisher](const Status& status) { finisher.Finish(status); };
    if (!request->readable_payloads() || view != View::kFull) {
      finder_.Find(saga, view, *response->mutable_saga(), finish);
      return Status::Ok();
    }
    finder_.Find(saga, view, *response->mutable_saga(), [=, this](const Status& status) {
      if (!status.ok()) return finish(status);
      finder_.OnPool(
          [=, this] {
            AddReadable(std::string(saga.name_space()), types_, *response->mutable_saga());
            return Status::Ok();
          },
          finish);
    });
    return Status::Ok();
  };
  if (const Status status = run(); !status.ok()) finisher.Finish(status);
  return reactor;
}

grpc::ServerUnaryReactor* SagaService::ListSagas(grpc::CallbackServerContext* context,
                                                 const v1::ListSagasRequest* request,
                                                 v1::ListSagasResponse* response) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  const Finisher finisher(reactor, "saga.v1.SagaService/ListSagas");
  if (forwarder_.Forward(*context, "", *request, *response, finisher)) return reactor;
  api::ListSagas(orchestrator_, reader_, finder_, *request, *response, finisher);
  return reactor;
}

grpc::ServerUnaryReactor* SagaService::WaitSaga(grpc::CallbackServerContext* context,
                                                const v1::WaitSagaRequest* request,
                                                v1::WaitSagaResponse* response) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  const Finisher finisher(reactor, "saga.v1.SagaService/WaitSaga");
  if (forwarder_.Forward(*context, request->name(), *request, *response, finisher)) return reactor;
  const auto run = [&]() -> Status {
    SAGA_ASSIGN_OR_RETURN(const SagaId saga, ParseSagaName("name", request->name()));
    SAGA_ASSIGN_OR_RETURN(const std::chrono::milliseconds asked,
                          ReadDuration("timeout", request->timeout(), std::chrono::hours(24)));
    if (!v1::WaitUntil_IsValid(request->until())) {
      return InvalidField("until", "must be PIVOT or END");
    }
    const auto goal = request->until() == v1::WAIT_UNTIL_PIVOT ? WaitGoal::kPivot : WaitGoal::kEnd;
    const std::chrono::milliseconds limit =
        asked.count() > 0 ? std::min<std::chrono::milliseconds>(asked, kWaitMax) : kWaitDefault;
    const auto done = [response, goal, finisher](const Status& status) {
      if (status.ok()) response->set_reached(Reached(response->saga(), goal));
      finisher.Finish(status);
    };
    orchestrator_.Wait(saga, goal, TimeLeft(*context, limit),
                       [this, saga, response, done](const RequestAnswer& answer) {
                         v1::Saga& proto = *response->mutable_saga();
                         if (!answer.status.ok()) return done(answer.status);
                         if (answer.saga == nullptr) {
                           return finder_.Find(saga, View::kResult, proto, done);
                         }
                         ToProto(*answer.saga, View::kResult, finder_.view(), proto);
                         done(Status::Ok());
                       });
    return Status::Ok();
  };
  if (const Status status = run(); !status.ok()) finisher.Finish(status);
  return reactor;
}

grpc::ServerWriteReactor<v1::WatchSagasResponse>* SagaService::WatchSagas(
    grpc::CallbackServerContext* context, const v1::WatchSagasRequest* request) {
  if (auto* forwarded = forwarder_.ForwardWatch(*context, *request)) return forwarded;
  const Result<std::string> name_space = ParseParent("parent", request->parent());
  if (!name_space.ok()) return RefuseWatch(name_space.status());
  const Result<RowFilter> filter = ParseRowFilter(request->filter(), FilterScope::kWatch);
  if (!filter.ok()) return RefuseWatch(filter.status());
  return watch_.Open({*name_space, *filter, request->cursor()});
}

grpc::ServerUnaryReactor* SagaService::ListSagaEvents(grpc::CallbackServerContext* context,
                                                      const v1::ListSagaEventsRequest* request,
                                                      v1::ListSagaEventsResponse* response) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  const Finisher finisher(reactor, "saga.v1.SagaService/ListSagaEvents");
  if (forwarder_.Forward(*context, request->parent(), *request, *response, finisher))
    return reactor;
  const auto run = [&]() -> Status {
    SAGA_ASSIGN_OR_RETURN(const SagaId saga, ParseSagaName("parent", request->parent()));
    SAGA_ASSIGN_OR_RETURN(const std::size_t size,
                          ReadPageSize(request->page_size(), kEventsPageSizeDefault));
    const std::string scope = TokenScope({"ListSagaEvents", saga.text()});
    SAGA_ASSIGN_OR_RETURN(const std::optional<std::uint64_t> after,
                          ReadNumberToken(scope, request->page_token()));
    finder_.FindRecords(saga, [this, saga, size, scope, after, response,
                               finisher](const Result<std::vector<NumberedRecord>>& records) {
      if (!records.ok()) return finisher.Finish(records.status());
      const SagaHeader header = HeaderOf(saga, *records, definitions_);
      const std::size_t begin = std::min<std::size_t>(after.value_or(0), records->size());
      const std::size_t end = std::min(begin + size, records->size());
      for (std::size_t i = begin; i < end; ++i) {
        ToProto((*records)[i], header, *response->add_events());
      }
      if (end < records->size()) {
        response->set_next_page_token(MakePageToken(scope, std::to_string(end)));
      }
      finisher.Finish(Status::Ok());
    });
    return Status::Ok();
  };
  if (const Status status = run(); !status.ok()) finisher.Finish(status);
  return reactor;
}

grpc::ServerUnaryReactor* SagaService::CancelSaga(grpc::CallbackServerContext* context,
                                                  const v1::CancelSagaRequest* request,
                                                  v1::CancelSagaResponse* response) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  const Finisher finisher(reactor, "saga.v1.SagaService/CancelSaga");
  if (forwarder_.Forward(*context, request->name(), *request, *response, finisher)) return reactor;
  const auto run = [&]() -> Status {
    SAGA_ASSIGN_OR_RETURN(const SagaId saga, ParseSagaName("name", request->name()));
    SAGA_RETURN_IF_ERROR(CheckReason("reason", request->reason()));
    SAGA_ASSIGN_OR_RETURN(const Caller caller, CallerOf(*context));
    CancelRequest cancel{.actor = caller.actor, .reason = request->reason()};
    if (!request->etag().empty()) {
      SAGA_ASSIGN_OR_RETURN(cancel.etag, ParseEtag("etag", request->etag()));
    }
    orchestrator_.Cancel(
        saga, std::move(cancel), [this, saga, response, finisher](const RequestAnswer& answer) {
          if (!answer.status.ok()) return finisher.Finish(answer.status);
          if (answer.saga != nullptr) {
            ToProto(*answer.saga, View::kBasic, finder_.view(), *response->mutable_saga());
            return finisher.Finish(Status::Ok());
          }
          finder_.OnPool(
              [this, saga]() -> Status {
                SAGA_ASSIGN_OR_RETURN(const EndedSaga ended, finder_.LoadEnded(saga));
                return SagaEnded(ended.saga);
              },
              [finisher](const Status& status) { finisher.Finish(status); });
        });
    return Status::Ok();
  };
  if (const Status status = run(); !status.ok()) finisher.Finish(status);
  return reactor;
}

grpc::ServerUnaryReactor* SagaService::SignalSaga(grpc::CallbackServerContext* context,
                                                  const v1::SignalSagaRequest* request,
                                                  v1::SignalSagaResponse* response) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  const Finisher finisher(reactor, "saga.v1.SagaService/SignalSaga");
  if (forwarder_.Forward(*context, request->name(), *request, *response, finisher)) return reactor;
  const auto run = [&]() -> Status {
    SAGA_ASSIGN_OR_RETURN(const SagaId saga, ParseSagaName("name", request->name()));
    SAGA_RETURN_IF_ERROR(CheckSignal(*request));
    SAGA_ASSIGN_OR_RETURN(const Caller caller, CallerOf(*context));
    news_.Signal(saga, {request->signal(), request->signal_id(), FromProto(request->payload())},
                 caller, [this, response, finisher](const Status& status, const NewsTaken& taken) {
                   if (taken.saga != nullptr) {
                     ToProto(*taken.saga, View::kBasic, finder_.view(), *response->mutable_saga());
                   }
                   response->set_already_received(taken.repeated);
                   response->set_follow_up(taken.follow_up);
                   finisher.Finish(status);
                 });
    return Status::Ok();
  };
  if (const Status status = run(); !status.ok()) finisher.Finish(status);
  return reactor;
}

}  // namespace saga::api

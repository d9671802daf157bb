#include "api/saga_finder.h"

#include <fmt/format.h>

#include <memory>
#include <utility>

#include "api/event_view.h"
#include "api/names.h"
#include "api/status_convert.h"
#include "api/validation.h"

namespace saga::api {
namespace {

Status NotLoaded(const SagaId& saga) {
  return {StatusCode::kUnavailable, "NOT_READY",
          fmt::format("saga '{}' is not loaded right now; try again", saga.id())};
}

}  // namespace

Status SagaEnded(const Saga& saga) {
  return Status(StatusCode::kFailedPrecondition, "SAGA_ENDED",
                fmt::format("saga '{}' has ended ({})", saga.id.id(), SagaStateName(saga.state)))
      .WithMetadata("current_etag", FormatEtag(saga.revision));
}

void SagaFinder::OnPool(std::function<Status()> read, DoneFn done) {
  // Shared: the task and the refusal both need it.
  auto answer = std::make_shared<DoneFn>(std::move(done));
  const Status accepted = pool_.Submit([read = std::move(read), answer] { (*answer)(read()); });
  if (!accepted.ok()) (*answer)(accepted);
}

void SagaFinder::Find(const SagaId& saga, View view, v1::Saga& proto, DoneFn done) {
  if (view == View::kSteps || view == View::kFull) {
    FindWithTimes(saga, view, proto, std::move(done));
    return;
  }
  orchestrator_.Get(saga, [this, saga, view, &proto, done](const RequestAnswer& answer) {
    if (!answer.status.ok()) return done(answer.status);
    if (answer.saga == nullptr) {
      OnPool([this, saga, view, &proto] { return ReadEnded(saga, view, proto); }, done);
      return;
    }
    ToProto(*answer.saga, view, view_, proto);
    done(Status::Ok());
  });
}

void SagaFinder::FindWithTimes(const SagaId& saga, View view, v1::Saga& proto, DoneFn done) {
  orchestrator_.GetHistory(
      saga, [this, saga, view, &proto, done](const Saga* live, const std::string& history) {
        if (live == nullptr) {
          OnPool([this, saga, view, &proto] { return ReadEnded(saga, view, proto); }, done);
          return;
        }
        ToProto(*live, view, view_, proto);
        // Decoding a long history is no work for a shard's thread.
        OnPool(
            [this, history, definition = live->definition, &proto] {
              const auto records = DecodeHistory(history, codec_);
              if (records.ok()) AddAttemptTimes(*definition, *records, proto);
              return Status::Ok();
            },
            done);
      });
}

void SagaFinder::FindRecords(const SagaId& saga, RecordsFn done) {
  orchestrator_.GetHistory(saga, [this, saga, done](const Saga* live, const std::string& history) {
    auto found = std::make_shared<std::vector<NumberedRecord>>();
    OnPool(
        [this, saga, found, history, is_live = live != nullptr]() -> Status {
          if (is_live) {
            SAGA_ASSIGN_OR_RETURN(*found, DecodeHistory(history, codec_));
            return Status::Ok();
          }
          SAGA_ASSIGN_OR_RETURN(const SagaRow row, LoadRow(saga));
          SAGA_ASSIGN_OR_RETURN(const std::optional<std::string> stored, reader_.GetHistory(saga));
          if (!stored) return NotLoaded(saga);
          SAGA_ASSIGN_OR_RETURN(*found, DecodeHistory(*stored, codec_));
          return Status::Ok();
        },
        [found, done](const Status& status) {
          if (!status.ok()) return done(status);
          done(std::move(*found));
        });
  });
}

Result<SagaRow> SagaFinder::LoadRow(const SagaId& saga) {
  SAGA_ASSIGN_OR_RETURN(std::optional<SagaRow> row, reader_.GetRow(saga));
  if (!row) {
    return NotFound("SAGA_NOT_FOUND", SagaName(saga), fmt::format("no saga '{}'", saga.id()));
  }
  return *std::move(row);
}

Result<EndedSaga> SagaFinder::LoadEnded(const SagaId& saga) {
  SAGA_ASSIGN_OR_RETURN(SagaRow row, LoadRow(saga));
  SAGA_ASSIGN_OR_RETURN(const std::optional<std::string> history, reader_.GetHistory(saga));
  if (!history) return NotLoaded(saga);
  SAGA_ASSIGN_OR_RETURN(std::vector<NumberedRecord> records, DecodeHistory(*history, codec_));
  SAGA_ASSIGN_OR_RETURN(Saga replayed, Replay(saga, records, definitions_));
  return EndedSaga{std::move(replayed), std::move(records), std::move(row)};
}

Status SagaFinder::ReadEnded(const SagaId& saga, View view, v1::Saga& proto) {
  const Result<EndedSaga> ended = LoadEnded(saga);
  if (ended.ok()) {
    ToProto(ended->saga, view, view_, proto);
    AddAttemptTimes(*ended->saga.definition, ended->records, proto);
    return Status::Ok();
  }
  if (ended.status().code() == StatusCode::kNotFound) return ended.status();
  // What is left is the row: of a saga whose history has gone by age, or that nobody can read.
  SAGA_ASSIGN_OR_RETURN(const SagaRow row, LoadRow(saga));
  const bool unreadable = row.status.health == SagaHealth::kStuck;
  if (!IsEnded(row.status.state) && !unreadable) return ended.status();
  ToProto(row, proto);
  return Status::Ok();
}

}  // namespace saga::api

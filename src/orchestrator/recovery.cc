#include "orchestrator/recovery.h"

#include <fmt/format.h>

#include <span>
#include <utility>
#include <variant>

#include "orchestrator/core/decide.h"
#include "orchestrator/history.h"

namespace saga {
namespace {

// Replays as far as it goes; the Status says why no further. `saga` is set from the first record
// on.
Status Replay(std::span<const std::string_view> records, const RecordCodec& codec,
              const DefinitionRef& definition, const SagaId& id, std::optional<Saga>& saga) {
  for (std::size_t i = 0; i < records.size(); ++i) {
    SAGA_ASSIGN_OR_RETURN(const NumberedRecord record, codec.Decode(records[i]));
    const bool starts = std::holds_alternative<SagaStarted>(record.record);
    if (ToNumber(record.revision) != i + 1 || starts != (i == 0)) {
      return {StatusCode::kDataLoss, "RECORD_BROKEN",
              fmt::format("record {} says that it is record {}", i + 1, ToNumber(record.revision))};
    }
    if (!Fits(record.record, *definition)) {
      return {StatusCode::kDataLoss, "RECORD_BROKEN",
              fmt::format("record {} names a step that '{}' does not have", i + 1,
                          definition->NameAtVersion())};
    }
    if (starts) {
      saga = Begin(id, definition, record);
    } else {
      Evolve(*saga, record);
    }
  }
  if (!saga) return {StatusCode::kDataLoss, "RECORD_BROKEN", "it has no records"};
  return Status::Ok();
}

// Stands in for a definition that is gone, so that the saga can still be shown.
DefinitionRef Placeholder(const SagaRow& row) {
  Definition definition;
  definition.name_space = row.id.name_space();
  definition.name = row.definition;
  definition.version = row.version;
  definition.owner = row.owner;
  return std::make_shared<const Definition>(std::move(definition));
}

// What the row alone tells of a saga.
Saga FromRow(const SagaRow& row) {
  Saga saga;
  saga.id = row.id;
  saga.definition = Placeholder(row);
  saga.state = row.status.state;
  saga.input = EmptyPayload();
  saga.business_key = row.business_key;
  saga.labels = row.labels;
  saga.start_digest = row.start_digest;
  saga.started_by = row.started_by;
  saga.created = row.created;
  saga.updated = row.status.updated;
  return saga;
}

}  // namespace

LiveSaga Revive(LoadedSaga loaded, const RecordCodec& codec,
                const DefinitionResolver& definitions) {
  const SagaRow& row = loaded.row;
  LiveSaga live;
  std::vector<std::string_view> records;
  records.reserve(loaded.records.size());
  for (const std::string& record : loaded.records) {
    AppendToHistory(live.history, record);
    records.push_back(record);
  }
  const DefinitionRef definition =
      definitions.Find(std::string(row.id.name_space()), row.definition, row.version);
  std::optional<Saga> saga;
  Status status = definition ? Replay(records, codec, definition, row.id, saga)
                             : Status(StatusCode::kNotFound, "DEFINITION_NOT_FOUND",
                                      fmt::format("definition '{}@{}' is not registered",
                                                  row.definition, row.version));
  live.saga = saga ? std::move(*saga) : FromRow(row);
  if (!status.ok()) {
    live.saga.unreadable = status.ToString();
    live.saga.revision = static_cast<Revision>(records.size());
  }
  live.header = std::make_shared<const SagaHeader>(
      SagaHeader{row.id, definition, row.definition, row.version, row.business_key, row.labels});
  live.written = row.status;
  live.oldest = loaded.oldest;
  return live;
}

void SetAside(LiveSaga& live, std::size_t history_bytes, const RecordCodec& codec,
              std::string reason) {
  live.history.resize(history_bytes);
  const auto records = SplitHistory(live.history);
  SAGA_CHECK(records.ok());  // It was made here.
  std::optional<Saga> saga;
  const Status replayed = Replay(*records, codec, live.saga.definition, live.saga.id, saga);
  // A saga that could not be read before stays as it is.
  if (replayed.ok()) live.saga = std::move(*saga);
  live.saga.revision = static_cast<Revision>(records->size());
  live.saga.unreadable = std::move(reason);
}

}  // namespace saga

#include "store/row_sql.h"

#include <nlohmann/json.hpp>

#include "store/batch_blob.h"

namespace saga {

const char* const kRowColumns =
    "id, shard, start_seq, definition, version, owner, business_key, labels, started_by, "
    "start_digest, created_us, "
    "state, health, revision, updated_us, ended_us, step, operation, stuck_reason, fingerprint, "
    "stuck_since_us, attention";

namespace {

std::optional<TimePoint> OptionalTime(const PgResult& result, std::size_t row, int column) {
  if (result.IsNull(row, column)) return std::nullopt;
  return FromMicros(result.Int(row, column));
}

RowStatus ReadStatus(const PgResult& result, std::size_t row) {
  RowStatus status;
  status.state = static_cast<SagaState>(result.Int(row, 11));
  status.health = static_cast<SagaHealth>(result.Int(row, 12));
  status.revision = static_cast<Revision>(result.Int(row, 13));
  status.updated = FromMicros(result.Int(row, 14));
  status.ended = OptionalTime(result, row, 15);
  RowAttention& attention = status.attention;
  attention.step = result.Text(row, 16);
  if (!result.IsNull(row, 17)) attention.operation = static_cast<Operation>(result.Int(row, 17));
  attention.reason = result.Text(row, 18);
  attention.fingerprint = result.Text(row, 19);
  attention.since = OptionalTime(result, row, 20);
  if (!result.IsNull(row, 21)) DecodeAttention(result.Bytes(row, 21), attention);
  return status;
}

}  // namespace

SagaRow ReadRow(const PgResult& result, std::size_t row) {
  SagaRow saga;
  saga.id = SagaId::FromText(std::string(result.Text(row, 0)));
  saga.shard = static_cast<ShardId>(result.Int(row, 1));
  saga.start_seq = static_cast<JournalSeq>(result.Int(row, 2));
  saga.definition = result.Text(row, 3);
  saga.version = static_cast<std::uint32_t>(result.Int(row, 4));
  saga.owner = result.Text(row, 5);
  saga.business_key = result.Text(row, 6);
  if (!result.IsNull(row, 7)) {
    const auto labels = nlohmann::json::parse(result.Text(row, 7), nullptr, false);
    if (labels.is_object()) {
      for (const auto& [key, value] : labels.items()) {
        if (value.is_string()) saga.labels[key] = value.get<std::string>();
      }
    }
  }
  saga.started_by = result.Text(row, 8);
  saga.start_digest = result.Text(row, 9);
  saga.created = FromMicros(result.Int(row, 10));
  saga.status = ReadStatus(result, row);
  return saga;
}

std::string LabelsToJson(const std::map<std::string, std::string>& labels) {
  if (labels.empty()) return {};
  return nlohmann::json(labels).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace saga

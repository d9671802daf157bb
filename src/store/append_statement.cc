#include "store/append_statement.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "store/batch_blob.h"
#include "store/row_sql.h"

namespace saga {
namespace {

// The parts that a batch may have besides the fence. `{}` are the numbers of their parameters.
constexpr std::string_view kStartsSql = R"(started AS (
  INSERT INTO sagas (id, namespace, shard, start_seq, definition, version, owner, business_key, labels, started_by,
                     start_digest, created_us, state, health, revision, updated_us)
  SELECT s.id, split_part(s.id, '/', 1), fence.shard, s.start_seq, s.definition, s.version, s.owner, s.business_key,
         nullif(s.labels, '')::jsonb, s.started_by, s.start_digest, s.created_us, s.state, s.health, s.revision, s.updated_us
  FROM fence, unnest({}::text[], {}::bigint[], {}::text[], {}::int[], {}::text[], {}::text[], {}::text[], {}::text[],
                     {}::text[], {}::bigint[], {}::smallint[], {}::smallint[], {}::bigint[], {}::bigint[])
       AS s(id, start_seq, definition, version, owner, business_key, labels, started_by, start_digest, created_us, state,
            health, revision, updated_us)
  ON CONFLICT (id) DO NOTHING RETURNING id),
void AS (
  SELECT array_agg(taken.id) AS ids FROM (SELECT unnest({}::text[]) EXCEPT SELECT id FROM started) AS taken(id)))";

constexpr std::string_view kEntriesSql = R"(entry AS (
  INSERT INTO journal (slot, shard, seq_first, seq_last, records, voids)
  SELECT (segment.current % 8)::smallint, fence.shard, {} + 1, {}, {}::bytea, {}
  FROM fence, journal_segments AS segment))";

constexpr std::string_view kChangesSql = R"(changed AS (
  UPDATE sagas SET state = c.state, health = c.health, revision = c.revision, updated_us = c.updated_us,
         ended_us = nullif(c.ended_us, 0), step = c.step, operation = nullif(c.operation, 0),
         stuck_reason = c.stuck_reason, fingerprint = c.fingerprint, stuck_since_us = nullif(c.stuck_since_us, 0),
         attention = CASE WHEN c.attention_bytes > 0 THEN substring({}::bytea FROM c.attention_at FOR c.attention_bytes) END
  FROM fence, unnest({}::text[], {}::smallint[], {}::smallint[], {}::bigint[], {}::bigint[], {}::bigint[], {}::text[],
                     {}::smallint[], {}::text[], {}::text[], {}::bigint[], {}::int[], {}::int[])
       AS c(id, state, health, revision, updated_us, ended_us, step, operation, stuck_reason, fingerprint, stuck_since_us,
            attention_at, attention_bytes)
  WHERE sagas.id = c.id))";

constexpr std::string_view kHistoriesSql = R"(history AS (
  INSERT INTO histories (id, ended_us, history)
  SELECT h.id, h.ended_us, substring({}::bytea FROM h.at FOR h.bytes)
  FROM fence, unnest({}::text[], {}::bigint[], {}::int[], {}::int[]) AS h(id, ended_us, at, bytes)))";

constexpr std::string_view kAuditSql = R"(audited AS (
  INSERT INTO audit (at_us, namespace, actor, client, method, resource, reason, reference, outcome)
  SELECT a.* FROM fence, unnest({}::bigint[], {}::text[], {}::text[], {}::text[], {}::text[], {}::text[], {}::text[],
                                {}::text[], {}::text[]) AS a))";

constexpr std::string_view kCarriesSql = R"(carry AS (
  INSERT INTO saga_carries (id, carried, carried_to)
  SELECT c.id, substring({}::bytea FROM c.at FOR c.bytes), c.carried_to
  FROM fence, unnest({}::text[], {}::bigint[], {}::int[], {}::int[]) AS c(id, carried_to, at, bytes)
  ON CONFLICT (id) DO UPDATE SET carried = excluded.carried, carried_to = excluded.carried_to))";

// Builds SQL and parameters side by side: every `{}` of a part takes the next number.
class Builder {
 public:
  explicit Builder(PgParams& params) : params_(params) {}

  std::string Place(std::int64_t value) {
    params_.Add(value);
    return Number();
  }
  std::string Place(PgTextArray array) {
    params_.Add(std::move(array).Take());
    return Number();
  }
  std::string PlaceBytes(std::string bytes) {
    params_.AddBytes(std::move(bytes));
    return Number();
  }

  template <typename... Args>
  void Add(std::string_view part, const Args&... args) {
    sql_ += ",\n";
    fmt::format_to(std::back_inserter(sql_), fmt::runtime(part), args...);
  }

  std::string& sql() { return sql_; }

 private:
  std::string Number() { return fmt::format("${}", ++count_); }

  PgParams& params_;
  std::string sql_;
  int count_ = 0;
};

void AddFence(Builder& b, ShardId shard, Epoch epoch, const Batch& batch, const std::string& before,
              const std::string& after) {
  const std::string shard_number = b.Place(static_cast<std::int64_t>(ToNumber(shard)));
  const std::string epoch_number = b.Place(static_cast<std::int64_t>(ToNumber(epoch)));
  const std::string published = b.Place(static_cast<std::int64_t>(ToNumber(batch.published)));
  const std::string low_water = b.Place(static_cast<std::int64_t>(ToNumber(batch.low_water)));
  b.sql() = fmt::format(R"(WITH fence AS (
  UPDATE shards SET last_seq = {1}, published = greatest(published, {4}), low_water = greatest(low_water, {5})
  WHERE shard = {2} AND epoch = {3} AND last_seq = {0} RETURNING shard))",
                        before, after, shard_number, epoch_number, published, low_water);
}

void AddStarts(Builder& b, const Batch& batch) {
  PgTextArray id, start_seq, definition, version, owner, key, labels, started_by, digest, created,
      state, health, revision, updated, again;
  for (const SagaRow& row : batch.starts) {
    id.Append(row.id.text());
    again.Append(row.id.text());
    start_seq.Append(static_cast<std::int64_t>(ToNumber(row.start_seq)));
    definition.Append(row.definition);
    version.Append(static_cast<std::int64_t>(row.version));
    owner.Append(row.owner);
    key.Append(row.business_key);
    labels.Append(LabelsToJson(row.labels));
    started_by.Append(row.started_by);
    digest.Append(row.start_digest);
    created.Append(ToMicros(row.created));
    state.Append(static_cast<std::int64_t>(row.status.state));
    health.Append(static_cast<std::int64_t>(row.status.health));
    revision.Append(static_cast<std::int64_t>(ToNumber(row.status.revision)));
    updated.Append(ToMicros(row.status.updated));
  }
  // Function arguments have no order of evaluation, parameters do.
  std::array<std::string, 15> p;
  PgTextArray* const columns[] = {&id,    &start_seq, &definition, &version, &owner,
                                  &key,   &labels,    &started_by, &digest,  &created,
                                  &state, &health,    &revision,   &updated, &again};
  for (std::size_t i = 0; i < p.size(); ++i) p[i] = b.Place(std::move(*columns[i]));
  b.Add(kStartsSql, p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7], p[8], p[9], p[10], p[11], p[12],
        p[13], p[14]);
}

void AddChanges(Builder& b, const Batch& batch) {
  PgTextArray id, state, health, revision, updated, ended, step, operation, reason, fingerprint,
      since, at, bytes;
  std::string attention;
  for (const RowChange& change : batch.changes) {
    const RowStatus& status = change.status;
    id.Append(change.saga.text());
    state.Append(static_cast<std::int64_t>(status.state));
    health.Append(static_cast<std::int64_t>(status.health));
    revision.Append(static_cast<std::int64_t>(ToNumber(status.revision)));
    updated.Append(ToMicros(status.updated));
    ended.Append(status.ended ? ToMicros(*status.ended) : 0);
    step.Append(status.attention.step);
    operation.Append(static_cast<std::int64_t>(
        status.attention.operation ? static_cast<int>(*status.attention.operation) : 0));
    reason.Append(status.attention.reason);
    fingerprint.Append(status.attention.fingerprint);
    since.Append(status.attention.since ? ToMicros(*status.attention.since) : 0);
    at.Append(static_cast<std::int64_t>(attention.size() + 1));
    const std::string blob =
        status.attention == RowAttention() ? std::string() : EncodeAttention(status.attention);
    bytes.Append(static_cast<std::int64_t>(blob.size()));
    attention += blob;
  }
  std::array<std::string, 14> p;
  p[0] = b.PlaceBytes(std::move(attention));
  PgTextArray* const columns[] = {&id,    &state, &health,    &revision, &updated,
                                  &ended, &step,  &operation, &reason,   &fingerprint,
                                  &since, &at,    &bytes};
  for (std::size_t i = 1; i < p.size(); ++i) p[i] = b.Place(std::move(*columns[i - 1]));
  b.Add(kChangesSql, p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7], p[8], p[9], p[10], p[11],
        p[12], p[13]);
}

void AddHistories(Builder& b, const Batch& batch) {
  PgTextArray id, ended, at, bytes;
  std::string histories;
  for (const RowChange& change : batch.changes) {
    if (!change.history) continue;
    id.Append(change.saga.text());
    ended.Append(change.status.ended ? ToMicros(*change.status.ended)
                                     : ToMicros(change.status.updated));
    at.Append(static_cast<std::int64_t>(histories.size() + 1));
    bytes.Append(static_cast<std::int64_t>(change.history->size()));
    histories += *change.history;
  }
  const std::string blob = b.PlaceBytes(std::move(histories));
  const std::string p1 = b.Place(std::move(id));
  const std::string p2 = b.Place(std::move(ended));
  const std::string p3 = b.Place(std::move(at));
  const std::string p4 = b.Place(std::move(bytes));
  b.Add(kHistoriesSql, blob, p1, p2, p3, p4);
}

void AddCarries(Builder& b, const Batch& batch) {
  PgTextArray id, to, at, bytes;
  std::string histories;
  for (const RowChange& change : batch.changes) {
    if (!change.carried) continue;
    id.Append(change.saga.text());
    to.Append(static_cast<std::int64_t>(ToNumber(change.carried_to)));
    at.Append(static_cast<std::int64_t>(histories.size() + 1));
    bytes.Append(static_cast<std::int64_t>(change.carried->size()));
    histories += *change.carried;
  }
  const std::string blob = b.PlaceBytes(std::move(histories));
  const std::string p1 = b.Place(std::move(id));
  const std::string p2 = b.Place(std::move(to));
  const std::string p3 = b.Place(std::move(at));
  const std::string p4 = b.Place(std::move(bytes));
  b.Add(kCarriesSql, blob, p1, p2, p3, p4);
}

void AddAudit(Builder& b, const Batch& batch) {
  PgTextArray at, name_space, actor, client, method, resource, reason, reference, outcome;
  for (const AuditEntry& entry : batch.audit) {
    at.Append(ToMicros(entry.at));
    name_space.Append(entry.name_space);
    actor.Append(entry.actor);
    client.Append(entry.client);
    method.Append(entry.method);
    resource.Append(entry.resource);
    reason.Append(entry.reason);
    reference.Append(entry.reference);
    outcome.Append(entry.outcome);
  }
  std::array<std::string, 9> p;
  PgTextArray* const columns[] = {&at,       &name_space, &actor,     &client, &method,
                                  &resource, &reason,     &reference, &outcome};
  for (std::size_t i = 0; i < p.size(); ++i) p[i] = b.Place(std::move(*columns[i]));
  b.Add(kAuditSql, p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7], p[8]);
}

}  // namespace

AppendStatement MakeAppend(ShardId shard, Epoch epoch, const Batch& batch) {
  AppendStatement statement;
  Builder b(statement.params);
  const std::string before = b.Place(static_cast<std::int64_t>(ToNumber(batch.before)));
  const std::string after =
      b.Place(static_cast<std::int64_t>(ToNumber(Advance(batch.before, batch.entries.size()))));
  AddFence(b, shard, epoch, batch, before, after);
  const bool starts = !batch.starts.empty();
  if (starts) AddStarts(b, batch);
  if (!batch.entries.empty()) {
    const std::string records = b.PlaceBytes(EncodeBatch(batch.entries));
    b.Add(kEntriesSql, before, after, records, starts ? "(SELECT ids FROM void)" : "NULL");
  }
  bool histories = false;
  bool carries = false;
  for (const RowChange& change : batch.changes) {
    histories = histories || change.history.has_value();
    carries = carries || change.carried.has_value();
  }
  if (!batch.changes.empty()) AddChanges(b, batch);
  if (histories) AddHistories(b, batch);
  if (carries) AddCarries(b, batch);
  if (!batch.audit.empty()) AddAudit(b, batch);
  b.sql() += fmt::format(
      "\nSELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint, {} FROM fence",
      starts ? "(SELECT ids FROM void)" : "NULL::text[]");
  statement.sql = std::move(b.sql());
  return statement;
}

std::vector<SagaId> ReadIdArray(std::string_view text) {
  std::vector<SagaId> ids;
  if (text.size() <= 2) return ids;
  text = text.substr(1, text.size() - 2);
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    std::string_view id = text.substr(0, comma);
    if (id.size() >= 2 && id.front() == '"') id = id.substr(1, id.size() - 2);
    ids.push_back(SagaId::FromText(std::string(id)));
    text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
  }
  return ids;
}

}  // namespace saga

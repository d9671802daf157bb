#include "store/pg_journal.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "orchestrator/history.h"
#include "store/append_statement.h"
#include "store/batch_blob.h"
#include "store/row_sql.h"

namespace saga {
namespace {

constexpr const char* kClaim = R"(
INSERT INTO shards (shard, epoch, node, claimed_us)
VALUES ($1, 1, $2, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint)
ON CONFLICT (shard) DO UPDATE SET epoch = shards.epoch + 1, node = excluded.node, claimed_us = excluded.claimed_us
RETURNING epoch, last_seq, published, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint)";

// In order, across the slots of the ring; bounded in rows and in bytes, but never empty because of
// them. Lengths are read without the values.
constexpr const char* kReadJournal = R"(
SELECT seq_first, seq_last, records, voids FROM (
  SELECT *, sum(octet_length(records)) OVER (ORDER BY seq_last) - octet_length(records) AS bytes_before
  FROM (SELECT seq_first, seq_last, records, voids FROM journal
        WHERE shard = $1 AND seq_last > $2 AND seq_first <= $3 ORDER BY seq_last LIMIT $4) AS batch) AS bounded
WHERE bytes_before < $5 ORDER BY seq_last)";

constexpr const char* kTruncated = "SELECT truncated, last_seq FROM shards WHERE shard = $1";

// The statements of a journal are few, always the same and always by key: planned once, and never
// to read a whole table that was small when they were planned.
constexpr const char* kPlanSettings =
    "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET enable_hashjoin = "
    "off; "
    "SET enable_mergejoin = off; SET jit = off";

JournalSeq Seq(std::int64_t value) { return static_cast<JournalSeq>(value); }

AppendOutcome OutcomeOf(const Status& error) {
  if (error.reason() == "STORE_UNREACHABLE" || error.reason() == "STORE_REFUSED")
    return AppendOutcome::kRefused;
  if (error.reason() == "STORE_VALUE") return AppendOutcome::kPoison;
  return AppendOutcome::kInDoubt;
}

// Callers above the store know one reason for a database that cannot be used now.
Status AsUnavailable(const Status& error) {
  if (error.code() != StatusCode::kUnavailable) return error;
  return StoreUnavailable(error.message());
}

// One row of the journal.
struct StoredBatchRow {
  JournalSeq first{};
  JournalSeq last{};
  std::vector<JournalEntry> entries;
  std::unordered_set<SagaId> voids;
};

Result<StoredBatchRow> ReadBatchRow(const PgResult& result, std::size_t row) {
  StoredBatchRow batch;
  batch.first = Seq(result.Int(row, 0));
  batch.last = Seq(result.Int(row, 1));
  SAGA_ASSIGN_OR_RETURN(batch.entries, DecodeBatch(result.Bytes(row, 2)));
  // In pairs with the append: positions are contiguous.
  SAGA_CHECK(Advance(batch.first, batch.entries.size()) == Advance(batch.last, 1));
  if (!result.IsNull(row, 3)) {
    for (SagaId& id : ReadIdArray(result.Text(row, 3))) batch.voids.insert(std::move(id));
  }
  return batch;
}

// The shard's batches that hold positions in (after, to].
PgParams ReadParams(ShardId shard, JournalSeq after, JournalSeq to) {
  PgParams params;
  params.Add(static_cast<std::int64_t>(ToNumber(shard)));
  params.Add(static_cast<std::int64_t>(ToNumber(after)))
      .Add(static_cast<std::int64_t>(ToNumber(to)));
  params.Add(kReadRowsMax).Add(kReadBytesMax);
  return params;
}

}  // namespace

PgJournal::PgJournal(std::string conninfo) : connection_(std::move(conninfo), kPlanSettings) {}

Result<ClaimedShard> PgJournal::Claim(ShardId shard, const std::string& node) {
  const auto result = connection_.Execute(
      kClaim, PgParams().Add(static_cast<std::int64_t>(ToNumber(shard))).Add(node));
  if (!result.ok()) return AsUnavailable(result.status());
  return ClaimedShard{static_cast<Epoch>(result->Int(0, 0)), Seq(result->Int(0, 1)),
                      Seq(result->Int(0, 2)), FromMicros(result->Int(0, 3))};
}

AppendResult PgJournal::Append(ShardId shard, Epoch epoch, const Batch& batch) {
  const AppendStatement statement = MakeAppend(shard, epoch, batch);
  const auto result = connection_.Execute(statement.sql, statement.params);
  if (!result.ok()) return {OutcomeOf(result.status()), {}, {}, result.status()};
  if (result->size() == 0) {
    return {AppendOutcome::kFenced,
            {},
            {},
            Status(StatusCode::kAborted, "FENCED",
                   "the shard has another owner, or its journal stands elsewhere")};
  }
  AppendResult committed{
      AppendOutcome::kCommitted, FromMicros(result->Int(0, 0)), {}, Status::Ok()};
  if (!result->IsNull(0, 1)) committed.void_starts = ReadIdArray(result->Text(0, 1));
  return committed;
}

Status PgJournal::LoadLive(ShardId shard, const std::function<void(LoadedSaga)>& each) {
  const auto shard_number = static_cast<std::int64_t>(ToNumber(shard));
  const std::string rows_sql =
      std::string("SELECT ") + kRowColumns +
      ", c.carried, c.carried_to FROM sagas LEFT JOIN saga_carries c USING (id) "
      "WHERE shard = $1 AND state <= 2";
  const auto rows = connection_.Execute(rows_sql, PgParams().Add(shard_number), kPgLoadTimeout);
  if (!rows.ok()) return AsUnavailable(rows.status());
  std::unordered_map<SagaId, LoadedSaga> live;
  live.reserve(rows->size());
  JournalSeq oldest = Seq(INT64_MAX);
  for (std::size_t i = 0; i < rows->size(); ++i) {
    LoadedSaga saga{.row = ReadRow(*rows, i), .records = {}, .oldest = {}};
    saga.oldest = saga.row.start_seq;
    if (!rows->IsNull(i, kRowColumnCount)) {
      const std::string carried = rows->Bytes(i, kRowColumnCount);
      SAGA_ASSIGN_OR_RETURN(const std::vector<std::string_view> records, SplitHistory(carried));
      saga.records.assign(records.begin(), records.end());
      saga.oldest = Advance(Seq(rows->Int(i, kRowColumnCount + 1)), 1);
    }
    oldest = std::min(oldest, saga.oldest);
    live.emplace(saga.row.id, std::move(saga));
  }
  JournalSeq after =
      live.empty() ? JournalSeq{0} : Seq(static_cast<std::int64_t>(ToNumber(oldest)) - 1);
  while (!live.empty()) {
    const auto page =
        connection_.Execute(kReadJournal, ReadParams(shard, after, Seq(INT64_MAX)), kPgLoadTimeout);
    if (!page.ok()) return AsUnavailable(page.status());
    if (page->size() == 0) break;
    for (std::size_t i = 0; i < page->size(); ++i) {
      SAGA_ASSIGN_OR_RETURN(StoredBatchRow batch, ReadBatchRow(*page, i));
      JournalSeq seq = batch.first;
      for (JournalEntry& entry : batch.entries) {
        const auto found = live.find(entry.saga);
        const bool wanted = found != live.end() && seq >= found->second.oldest &&
                            batch.voids.count(entry.saga) == 0;
        if (wanted) found->second.records.push_back(std::move(entry.record));
        seq = Advance(seq, 1);
      }
      after = batch.last;
    }
  }
  for (auto& [id, saga] : live) each(std::move(saga));
  return Status::Ok();
}

Result<CommittedPage> PgJournal::ReadCommitted(ShardId shard, JournalSeq after,
                                               std::size_t entries_max) {
  const auto shard_number = static_cast<std::int64_t>(ToNumber(shard));
  const auto position = connection_.Execute(kTruncated, PgParams().Add(shard_number));
  if (!position.ok()) return AsUnavailable(position.status());
  CommittedPage page;
  page.read_to = after;
  if (position->size() == 0) return page;
  if (after < Seq(position->Int(0, 0))) {
    return Status(StatusCode::kOutOfRange, "CURSOR_EXPIRED",
                  "the entries after the cursor have been truncated");
  }
  const auto rows =
      connection_.Execute(kReadJournal, ReadParams(shard, after, Advance(after, entries_max)));
  if (!rows.ok()) return AsUnavailable(rows.status());
  PgTextArray ids;
  for (std::size_t i = 0; i < rows->size() && page.entries.size() < entries_max; ++i) {
    SAGA_ASSIGN_OR_RETURN(StoredBatchRow batch, ReadBatchRow(*rows, i));
    JournalSeq seq = batch.first;
    for (JournalEntry& entry : batch.entries) {
      const JournalSeq here = std::exchange(seq, Advance(seq, 1));
      if (here <= after) continue;
      if (page.entries.size() >= entries_max) break;
      page.read_to = here;
      if (batch.voids.count(entry.saga) != 0) continue;
      ids.Append(entry.saga.text());
      page.entries.push_back({here, std::move(entry), "", 0, "", {}});
    }
  }
  if (page.entries.empty()) return page;
  const auto headers = connection_.Execute(
      std::string("SELECT ") + kRowColumns + " FROM sagas WHERE id = ANY ($1::text[])",
      PgParams().Add(std::move(ids).Take()));
  if (!headers.ok()) return AsUnavailable(headers.status());
  std::unordered_map<SagaId, SagaRow> by_id;
  for (std::size_t i = 0; i < headers->size(); ++i) {
    SagaRow row = ReadRow(*headers, i);
    by_id.emplace(row.id, std::move(row));
  }
  for (CommittedEntry& entry : page.entries) {
    const auto found = by_id.find(entry.entry.saga);
    if (found == by_id.end()) continue;  // Its row has left by age; the event says less.
    entry.definition = found->second.definition;
    entry.version = found->second.version;
    entry.business_key = found->second.business_key;
    entry.labels = found->second.labels;
  }
  return page;
}

JournalFactory PgJournals(std::string conninfo) {
  return [conninfo = std::move(conninfo)] { return std::make_unique<PgJournal>(conninfo); };
}

}  // namespace saga

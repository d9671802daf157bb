// Compares ways to write transitions to PostgreSQL, in one run, one session each, every batch one
// autocommitted prepared statement with the fence in it.
//
//   saga-bench-write-paths --database "host=… user=postgres dbname=…" [--transitions N] [--rounds
//   N]
//
// The database should be empty, with fsync and synchronous_commit on; the folder from which it is
// started should be on the database's disk (the fsync latency is measured there).
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <functional>
#include <map>
#include <pqxx/pqxx>
#include <string>
#include <vector>

#include "measure.h"
#include "orchestrator/history.h"
#include "store/migrator.h"
#include "store/pg_journal.h"

namespace saga::bench {
namespace {

constexpr int kRecordsPerSaga = 5;  // A start, three steps, an end.
constexpr std::size_t kRecordBytes = 300;

constexpr const char* kSchema = R"(
DROP SCHEMA IF EXISTS bench CASCADE;
CREATE SCHEMA bench;
CREATE TABLE bench.fence (shard int PRIMARY KEY, epoch bigint, last_seq bigint) WITH (fillfactor = 20);
INSERT INTO bench.fence VALUES (1, 1, 0);
CREATE TABLE bench.rows (shard int, seq bigint, saga text, revision bigint, record bytea, PRIMARY KEY (shard, seq));
CREATE TABLE bench.blobs (shard int, seq_last bigint, records bytea, PRIMARY KEY (shard, seq_last));
ALTER TABLE bench.blobs ALTER COLUMN records SET STORAGE EXTERNAL;
CREATE TABLE bench.sagas (id text PRIMARY KEY, state int, revision bigint, updated bigint, note text)
  WITH (fillfactor = 85);
)";

// $1 position before, $2 after, $3 ids, $4 revisions, $5 all records, $6 offsets, $7 lengths.
constexpr const char* kFence = R"(WITH fence AS (
  UPDATE bench.fence SET last_seq = $2::bigint WHERE shard = 1 AND epoch = 1 AND last_seq = $1::bigint RETURNING shard),
)";
constexpr const char* kRows = R"(entry AS (
  INSERT INTO bench.rows SELECT shard, $1::bigint + e.place, e.saga, e.revision,
                                substring($5::bytea FROM e.at FOR e.bytes)
  FROM fence, unnest($3::text[], $4::bigint[], $6::int[], $7::int[])
              WITH ORDINALITY AS e(saga, revision, at, bytes, place)))";
constexpr const char* kBlob =
    "entry AS (INSERT INTO bench.blobs SELECT shard, $2::bigint, $5::bytea FROM fence)";
constexpr const char* kUpsert = R"(,
saga AS (
  INSERT INTO bench.sagas SELECT e.saga, 1, e.revision, 0, 'note' FROM fence, unnest($3::text[], $4::bigint[]) AS e(saga, revision)
  ON CONFLICT (id) DO UPDATE SET revision = excluded.revision, updated = excluded.updated))";
// Parameters that a path does not use still need a type.
constexpr const char* kEnd = R"(
SELECT clock_timestamp(), $3::text[] IS NULL, $4::bigint[] IS NULL, $6::int[] IS NULL, $7::int[] IS NULL FROM fence)";

struct Transition {
  std::string saga;
  std::uint64_t revision;
  std::string record;
};

// Batch number `n` of `size` lanes; each lane runs one saga after the other, a record per batch.
// The lanes are out of step, so that a batch holds starts, steps and ends as a server's does.
std::vector<Transition> MakeBatch(std::uint64_t n, std::uint64_t size) {
  std::vector<Transition> batch;
  for (std::uint64_t lane = 0; lane < size; ++lane) {
    const std::uint64_t late = lane % kRecordsPerSaga;
    if (n < late) continue;
    const std::uint64_t saga = (n - late) / kRecordsPerSaga;
    const std::uint64_t revision = (n - late) % kRecordsPerSaga + 1;
    batch.push_back({fmt::format("default/{:04}-{:08}", lane, saga), revision,
                     std::string(kRecordBytes, static_cast<char>('a' + lane % 26))});
  }
  return batch;
}

using WriteBatch = std::function<void(const std::vector<Transition>&)>;

struct Path {
  int session_pid;
  WriteBatch write;
};

class BarePath {
 public:
  BarePath(const std::string& conninfo, const std::string& sql) : connection_(conninfo) {
    connection_.prepare("append", sql);
    pqxx::nontransaction work(connection_);
    work.exec("SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off");
    work.commit();
  }

  int pid() const { return connection_.backendpid(); }

  void Write(const std::vector<Transition>& batch) {
    std::string ids = "{", revisions = "{", offsets = "{", lengths = "{", records;
    for (const Transition& t : batch) {
      const char* comma = ids.size() > 1 ? "," : "";
      fmt::format_to(std::back_inserter(ids), "{}\"{}\"", comma, t.saga);
      fmt::format_to(std::back_inserter(revisions), "{}{}", comma, t.revision);
      fmt::format_to(std::back_inserter(offsets), "{}{}", comma, records.size() + 1);
      fmt::format_to(std::back_inserter(lengths), "{}{}", comma, t.record.size());
      records += t.record;
    }
    for (std::string* array : {&ids, &revisions, &offsets, &lengths}) array->push_back('}');
    const std::uint64_t after = position_ + batch.size();
    pqxx::nontransaction work(connection_);
    const auto answer = work.exec_prepared("append", position_, after, ids, revisions,
                                           pqxx::binarystring(records), offsets, lengths);
    if (answer.size() != 1) throw std::runtime_error("fenced");
    position_ = after;
  }

 private:
  pqxx::connection connection_;
  std::uint64_t position_ = 0;
};

void Execute(const std::string& conninfo, const std::string& sql) {
  pqxx::connection connection(conninfo);
  pqxx::nontransaction session(connection);
  session.exec(sql);
  session.commit();
}

// The journal of the product: saga rows at the start and at the end, the history with the end.
class ProductPath {
 public:
  explicit ProductPath(const std::string& conninfo) : journal_(conninfo) {
    const auto claim = journal_.Claim(kShard, "bench");
    if (!claim.ok()) throw std::runtime_error(claim.status().ToString());
    epoch_ = claim->epoch;
    position_ = claim->last;
  }

  void Write(const std::vector<Transition>& transitions) {
    Batch batch{.before = position_};
    for (const Transition& t : transitions) {
      const SagaId saga = SagaId::FromText(t.saga);
      std::string& history = histories_[saga.text()];
      AppendToHistory(history, t.record);
      batch.entries.push_back({saga, static_cast<Revision>(t.revision), t.record});
      if (t.revision == 1) {
        batch.starts.push_back(StartOf(saga, Advance(position_, batch.entries.size())));
      } else if (t.revision == kRecordsPerSaga) {
        RowChange end{.saga = saga};
        end.status.state = SagaState::kSucceeded;
        end.status.updated = FromMicros(1);
        end.status.ended = FromMicros(1);
        end.history = std::move(history);
        histories_.erase(saga.text());
        batch.changes.push_back(std::move(end));
      }
    }
    const AppendResult result = journal_.Append(kShard, epoch_, batch);
    if (result.outcome != AppendOutcome::kCommitted)
      throw std::runtime_error(result.error.ToString());
    position_ = Advance(position_, batch.entries.size());
  }

 private:
  static SagaRow StartOf(const SagaId& saga, JournalSeq seq) {
    SagaRow row;
    row.id = saga;
    row.start_seq = seq;
    row.definition = "checkout";
    row.version = 1;
    row.owner = "team";
    row.business_key = "order";
    row.started_by = "bench";
    row.start_digest = "0123456789abcdef";
    return row;
  }

  static constexpr ShardId kShard{1};

  PgJournal journal_;
  Epoch epoch_{};
  JournalSeq position_{};
  std::map<std::string, std::string> histories_;
};

// Per transition.
Cost Run(const std::string& conninfo, const Path& path, std::uint64_t batch_size,
         std::uint64_t transitions) {
  const std::uint64_t warm_up = 20;  // Batches: statements are prepared, lanes are full.
  const std::uint64_t measured = std::max<std::uint64_t>(transitions / batch_size, 20);
  for (std::uint64_t n = 0; n < warm_up; ++n) path.write(MakeBatch(n, batch_size));
  const Meter meter(conninfo, path.session_pid);
  for (std::uint64_t n = warm_up; n < warm_up + measured; ++n) path.write(MakeBatch(n, batch_size));
  Cost cost = meter.Stop();
  for (double* value : {&cost.client_us, &cost.server_us, &cost.wall_us, &cost.wal_bytes})
    *value /= static_cast<double>(measured * batch_size);
  return cost;
}

// Each run begins on empty tables and in a session of its own.
Cost RunBare(const std::string& conninfo, const std::string& sql, std::uint64_t batch_size,
             std::uint64_t transitions) {
  Execute(conninfo, kSchema);
  BarePath bare(conninfo, sql);
  return Run(conninfo, {bare.pid(), [&](const auto& batch) { bare.Write(batch); }}, batch_size,
             transitions);
}

Cost RunProduct(const std::string& conninfo, std::uint64_t batch_size, std::uint64_t transitions) {
  Execute(conninfo, "TRUNCATE journal, sagas, histories, shards");
  ProductPath product(conninfo);
  const int pid = std::stoi(Ask(conninfo,
                                "SELECT pid FROM pg_stat_activity WHERE application_name = 'sagad' "
                                "AND datname = current_database()"));
  return Run(conninfo, {pid, [&](const auto& batch) { product.Write(batch); }}, batch_size,
             transitions);
}

struct Options {
  std::string database;
  std::uint64_t transitions = 20'000;
  int rounds = 3;
};

void Main(const Options& options) {
  const auto migrated = Migrator(options.database).Apply();
  if (!migrated.ok()) throw std::runtime_error(migrated.status().ToString());
  fmt::print("PostgreSQL {}, fsync {}, synchronous_commit {}; fdatasync of 8 kB {} us\n\n",
             Ask(options.database, "SHOW server_version"), Ask(options.database, "SHOW fsync"),
             Ask(options.database, "SHOW synchronous_commit"), FsyncLatency(".").count());
  fmt::print(
      "| path | batch | CPU us client | CPU us server | together | wall us | WAL bytes |\n"
      "|---|---|---|---|---|---|---|\n");
  const std::string fence = kFence;
  const std::vector<std::pair<std::string, std::string>> bare = {
      {"row per record", fence + kRows + kEnd},
      {"row per record, saga upsert", fence + kRows + kUpsert + kEnd},
      {"blob per batch", fence + kBlob + kEnd},
      {"blob per batch, saga upsert", fence + kBlob + kUpsert + kEnd}};
  for (const std::uint64_t batch_size : {1, 64, 256}) {
    // A batch of one is a commit per transition: fewer are enough.
    const std::uint64_t transitions =
        batch_size == 1 ? options.transitions / 10 : options.transitions;
    std::map<std::string, std::vector<Cost>> costs;
    for (int round = 0; round < options.rounds; ++round) {
      for (const auto& [name, sql] : bare)
        costs[name].push_back(RunBare(options.database, sql, batch_size, transitions));
      costs["the product's journal"].push_back(
          RunProduct(options.database, batch_size, transitions));
    }
    for (auto& [name, rounds] : costs) {
      std::sort(rounds.begin(), rounds.end(), [](const Cost& a, const Cost& b) {
        return a.client_us + a.server_us < b.client_us + b.server_us;
      });
      const Cost& median = rounds[rounds.size() / 2];
      fmt::print("| {} | {} | {:.1f} | {:.1f} | {:.1f} | {:.0f} | {:.0f} |\n", name, batch_size,
                 median.client_us, median.server_us, median.client_us + median.server_us,
                 median.wall_us, median.wal_bytes);
      std::fflush(stdout);
    }
  }
}

}  // namespace
}  // namespace saga::bench

int main(int argc, char** argv) {
  saga::bench::Options options;
  CLI::App app("Compares ways to write transitions to PostgreSQL.");
  app.add_option("--database", options.database, "conninfo of an empty database")->required();
  app.add_option("--transitions", options.transitions, "per run; a tenth with batches of one");
  app.add_option("--rounds", options.rounds, "the median is shown");
  CLI11_PARSE(app, argc, argv);
  try {
    saga::bench::Main(options);
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "write_paths: {}\n", error.what());
    return 1;
  }
}

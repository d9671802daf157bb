#include "twin_journal.h"

#include <pqxx/pqxx>

namespace saga::bench {
namespace {

constexpr const char* kSchema = R"(
CREATE SCHEMA IF NOT EXISTS twin;
CREATE TABLE IF NOT EXISTS twin.shards (shard int PRIMARY KEY, last_seq bigint NOT NULL);
INSERT INTO twin.shards VALUES (0, 0) ON CONFLICT DO NOTHING;
CREATE TABLE IF NOT EXISTS twin.journal (seq bigint NOT NULL, records bytea NOT NULL);
CREATE TABLE IF NOT EXISTS twin.sagas (id text PRIMARY KEY, state int NOT NULL, created timestamptz NOT NULL,
  ended timestamptz, definition text NOT NULL, note text NOT NULL);
CREATE INDEX IF NOT EXISTS twin_sagas_created ON twin.sagas (created DESC, id);
CREATE TABLE IF NOT EXISTS twin.histories (id text NOT NULL, ended timestamptz NOT NULL, history bytea NOT NULL);
CREATE INDEX IF NOT EXISTS twin_histories_id ON twin.histories (id);
)";

constexpr const char* kAppend = R"(
WITH fence AS (UPDATE twin.shards SET last_seq = last_seq + 1 WHERE shard = 0 RETURNING last_seq),
 entry AS (INSERT INTO twin.journal SELECT last_seq, $1::bytea FROM fence),
 started AS (INSERT INTO twin.sagas SELECT id, 1, now(), NULL, 'bench@1', 'note' FROM fence, unnest($2::text[]) id
             ON CONFLICT DO NOTHING RETURNING id),
 ended AS (UPDATE twin.sagas SET state = 3, ended = now() FROM unnest($3::text[]) AS e(id) WHERE sagas.id = e.id),
 history AS (INSERT INTO twin.histories SELECT h.id, now(), substring($4::bytea FROM h.at FOR h.bytes)
             FROM fence, unnest($3::text[], $5::int[], $6::int[]) AS h(id, at, bytes))
SELECT clock_timestamp(), (SELECT count(*) FROM started) FROM fence)";

std::string TextArray(const std::vector<std::string>& values) {
  std::string text = "{";
  for (const std::string& value : values) {
    if (text.size() > 1) text += ',';
    text.append("\"").append(value).append("\"");
  }
  return text + "}";
}

}  // namespace

struct TwinJournal::Connection {
  explicit Connection(const std::string& conninfo) : connection(conninfo) {
    pqxx::nontransaction setup(connection);
    setup.exec(kSchema);
    setup.commit();
    connection.prepare("append", kAppend);
  }
  pqxx::connection connection;
};

TwinJournal::TwinJournal(const std::string& conninfo)
    : connection_(std::make_unique<Connection>(conninfo)) {}
TwinJournal::~TwinJournal() = default;

void TwinJournal::Append(const std::vector<TwinEntry>& batch) {
  std::string records;
  std::string histories;
  std::vector<std::string> started;
  std::vector<std::string> ended;
  std::vector<std::string> offsets;
  std::vector<std::string> lengths;
  for (const TwinEntry& entry : batch) {
    records += entry.record;
    if (entry.start) started.push_back(entry.saga);
    if (!entry.end) continue;
    ended.push_back(entry.saga);
    offsets.push_back(std::to_string(histories.size() + 1));
    lengths.push_back(std::to_string(entry.history.size()));
    histories += entry.history;
  }
  pqxx::nontransaction work(connection_->connection);
  work.exec_prepared("append", pqxx::binarystring(records), TextArray(started), TextArray(ended),
                     pqxx::binarystring(histories), TextArray(offsets), TextArray(lengths));
}

}  // namespace saga::bench

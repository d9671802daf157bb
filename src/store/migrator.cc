#include "store/migrator.h"

#include <fmt/format.h>

namespace saga {
namespace {

constexpr std::int64_t kAdvisoryLock = 0x5a6ad;
constexpr std::chrono::milliseconds kMigrationTimeout{10 * 60'000};

constexpr const char* kTable = R"(
CREATE TABLE IF NOT EXISTS schema_migrations (
  number     int         PRIMARY KEY,
  name       text        NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
))";

}  // namespace

Result<SchemaState> Migrator::State() {
  SchemaState state;
  state.expected = Migrations().back().number;
  SAGA_ASSIGN_OR_RETURN(const PgResult exists,
                        connection_.Execute("SELECT to_regclass('schema_migrations') IS NOT NULL"));
  if (exists.Bool(0, 0)) {
    SAGA_ASSIGN_OR_RETURN(
        const PgResult newest,
        connection_.Execute("SELECT coalesce(max(number), 0) FROM schema_migrations"));
    state.current = static_cast<int>(newest.Int(0, 0));
  }
  for (const Migration& migration : Migrations()) {
    if (migration.number > state.current) state.pending.emplace_back(migration.name);
  }
  if (state.current > state.expected) {
    return Status(
        StatusCode::kFailedPrecondition, "SCHEMA_NEWER",
        fmt::format(
            "the database has schema {}, this sagad knows up to {}: start the newer release",
            state.current, state.expected));
  }
  return state;
}

Result<SchemaState> Migrator::Apply() {
  for (const Migration& migration : Migrations()) {
    // Asked again under the lock: another node may have been faster.
    const std::string script = fmt::format(
        "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0; "
        "SELECT pg_advisory_xact_lock({}); {};\n"
        "DO $migrate$ BEGIN IF NOT EXISTS (SELECT FROM schema_migrations WHERE number = {}) THEN\n"
        "INSERT INTO schema_migrations (number, name) VALUES ({}, '{}');\n"
        "EXECUTE $body${}$body$;\nEND IF; END $migrate$;",
        kAdvisoryLock, kTable, migration.number, migration.number, migration.name, migration.sql);
    SAGA_RETURN_IF_ERROR(connection_.ExecuteScript(script, kMigrationTimeout));
  }
  return State();
}

Result<std::string> KeepConstant(PgConnection& connection, const std::string& name,
                                 const std::string& value) {
  SAGA_RETURN_IF_ERROR(connection
                           .Execute("INSERT INTO cluster_constants (name, value) VALUES ($1, $2) "
                                    "ON CONFLICT DO NOTHING RETURNING 1",
                                    PgParams().Add(name).Add(value))
                           .status());
  SAGA_ASSIGN_OR_RETURN(const PgResult stored,
                        connection.Execute("SELECT value FROM cluster_constants WHERE name = $1",
                                           PgParams().Add(name)));
  return std::string(stored.Text(0, 0));
}

Status PinConstant(PgConnection& connection, const std::string& name, const std::string& value) {
  SAGA_ASSIGN_OR_RETURN(const std::string kept, KeepConstant(connection, name, value));
  if (kept == value) return Status::Ok();
  return Status(StatusCode::kFailedPrecondition, "CLUSTER_MISMATCH",
                fmt::format("{} is '{}' here, but this database belongs to a cluster where it is "
                            "'{}'; it cannot change",
                            name, value, kept));
}

}  // namespace saga

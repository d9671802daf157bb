// The schema's migrations, compiled into the binary from src/store/migrations/*.sql.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "store/pg_connection.h"

namespace saga {

struct Migration {
  int number;
  std::string_view name;  // "0001_init"
  std::string_view sql;
};

// In order; generated at build time.
const std::vector<Migration>& Migrations();

struct SchemaState {
  int current = 0;   // The newest migration that the database has; 0 = none.
  int expected = 0;  // The newest that this binary knows.
  std::vector<std::string> pending;
};

// Threads: one. Errors: UNAVAILABLE STORE_UNAVAILABLE; FAILED_PRECONDITION SCHEMA_NEWER.
class Migrator {
 public:
  explicit Migrator(std::string conninfo) : connection_(std::move(conninfo)) {}

  Result<SchemaState> State();
  // Applies what is pending, each migration in a transaction of its own, under an advisory lock:
  // several nodes may try.
  Result<SchemaState> Apply();

 private:
  PgConnection connection_;
};

// Cluster constants. The value that the first call has given, whatever later ones give.
Result<std::string> KeepConstant(PgConnection& connection, const std::string& name,
                                 const std::string& value);
// The same, where a later call must give the same value.
// Errors: FAILED_PRECONDITION CLUSTER_MISMATCH that names the constant and both values.
Status PinConstant(PgConnection& connection, const std::string& name, const std::string& value);

}  // namespace saga

// One connection to PostgreSQL. pg_connection.cc is the only file that includes libpqxx.
//
// Threads:   one at a time.
// Promises:  every call returns within its time-out: a watchdog closes the socket of a connection
// that does not answer. No
//            silent reconnect inside a call; a broken connection is opened again by the next call.
//            No exception leaves.
// Errors:    reason STORE_UNAVAILABLE: it may or may not have been executed (in doubt).
//            reason STORE_UNREACHABLE: no connection, certainly not executed.
//            reason STORE_REFUSED: certainly rolled back, may succeed later (disk full, read-only,
//            lock or statement time-out). reason STORE_VALUE: certainly rolled back, a value will
//            never be taken.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "store/limits.h"

namespace saga {

// Parameters of a statement in order: text in PostgreSQL's own form, or raw bytes.
class PgParams {
 public:
  PgParams& Add(std::int64_t value);
  PgParams& Add(std::string text);
  PgParams& AddBytes(std::string bytes);
  PgParams& AddNull();

 private:
  friend class PgConnection;
  enum class Kind : std::uint8_t { kText, kBytes, kNull };
  struct Value {
    Kind kind;
    std::string value;
  };
  std::vector<Value> values_;
};

// Rows of an answer. Cheap to move.
class PgResult {
 public:
  struct Impl;
  explicit PgResult(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}

  std::size_t size() const;
  bool IsNull(std::size_t row, int column) const;
  std::string_view Text(std::size_t row, int column) const;
  std::int64_t Int(std::size_t row, int column) const;
  bool Bool(std::size_t row, int column) const;
  std::string Bytes(std::size_t row, int column) const;

 private:
  std::shared_ptr<const Impl> impl_;
};

class PgConnection {
 public:
  // `session_settings`: SET statements for every session that it opens.
  explicit PgConnection(const std::string& conninfo, std::string session_settings = "");
  ~PgConnection();
  PgConnection(const PgConnection&) = delete;
  PgConnection& operator=(const PgConnection&) = delete;

  // One autocommitted statement, prepared under its own text on first use; one round trip
  // afterwards.
  Result<PgResult> Execute(const std::string& sql, const PgParams& params = {},
                           std::chrono::milliseconds timeout = kPgClientTimeout);
  // Several statements as one transaction in one round trip, without parameters: for migrations
  // and maintenance.
  Status ExecuteScript(const std::string& sql,
                       std::chrono::milliseconds timeout = kPgClientTimeout);
  // Opens the connection if it is not open.
  Status Open();
  void Close();

 private:
  struct Impl;
  const std::string conninfo_;
  const std::string session_settings_;
  std::unique_ptr<Impl> impl_;
};

// `conninfo` (keyword form or URI) with the time-outs that every connection of ours has.
std::string WithTimeouts(const std::string& conninfo);

// A text array in PostgreSQL's form, built one element at a time.
class PgTextArray {
 public:
  void Append(std::string_view element);
  void Append(std::int64_t element);
  std::string Take() &&;

 private:
  std::string text_ = "{";
};

}  // namespace saga

#include "store/pg_connection.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <charconv>
#include <condition_variable>
#include <map>
#include <pqxx/pqxx>
#include <thread>
#include <unordered_map>
#include <utility>

#include "base/mutex.h"
#include "base/time.h"

namespace saga {
namespace {

// Closes sockets of calls that take too long, so that a half-open database ends in doubt and never
// in silence. One thread for the process, woken only while calls are under way.
class Watchdog {
 public:
  static Watchdog& Get() {
    static Watchdog* const kWatchdog =
        new Watchdog();  // Lives as long as the process: no order of destruction to get wrong.
    return *kWatchdog;
  }

  std::uint64_t Arm(int socket, std::chrono::milliseconds timeout) {
    MutexLock lock(mutex_);
    const std::uint64_t id = ++last_id_;
    armed_[id] = {socket, std::chrono::steady_clock::now() + timeout};
    // While it ticks it sees the call by itself: a busy process wakes it ten times a second, not
    // with every call.
    if (std::exchange(asleep_, false)) wake_.notify_one();
    return id;
  }

  // True when the call was cut.
  bool Disarm(std::uint64_t id) {
    MutexLock lock(mutex_);
    return armed_.erase(id) == 0;
  }

 private:
  struct Armed {
    int socket;
    SteadyTime deadline;
  };

  Watchdog() {
    std::thread([this] { Run(); }).detach();
  }

  void Run() {
    MutexLock lock(mutex_);
    while (true) {
      asleep_ = armed_.empty();
      while (asleep_) wake_.wait(mutex_);
      wake_.wait_for(mutex_, kPgWatchdogTick);
      const SteadyTime now = std::chrono::steady_clock::now();
      std::erase_if(armed_, [now](const auto& entry) {
        if (entry.second.deadline > now) return false;
        ::shutdown(entry.second.socket, SHUT_RDWR);
        return true;
      });
    }
  }

  Mutex mutex_;
  CondVar wake_;
  std::map<std::uint64_t, Armed> armed_ SAGA_GUARDED_BY(mutex_);
  std::uint64_t last_id_ SAGA_GUARDED_BY(mutex_) = 0;
  bool asleep_ SAGA_GUARDED_BY(mutex_) = false;  // No call is under way.
};

class Armed {
 public:
  Armed(int socket, std::chrono::milliseconds timeout)
      : id_(Watchdog::Get().Arm(socket, timeout)) {}
  ~Armed() { Watchdog::Get().Disarm(id_); }
  Armed(const Armed&) = delete;
  Armed& operator=(const Armed&) = delete;

 private:
  const std::uint64_t id_;
};

Status Failed(StatusCode code, const char* reason, std::string message, std::string sqlstate = "") {
  while (!message.empty() && message.back() == '\n') message.pop_back();
  Status status(code, reason, std::move(message));
  if (!sqlstate.empty()) status = std::move(status).WithMetadata("sqlstate", std::move(sqlstate));
  return status;
}

// An answer with an error says that the statement was rolled back; the question is whether it may
// succeed later.
Status FromSqlError(const std::string& sqlstate, const char* what) {
  const std::string error_class = sqlstate.substr(0, 2);
  if (error_class == "22" || error_class == "23" || error_class == "54") {
    return Failed(StatusCode::kInvalidArgument, "STORE_VALUE", what, sqlstate);
  }
  return Failed(StatusCode::kUnavailable, "STORE_REFUSED", what, sqlstate);
}

}  // namespace

PgParams& PgParams::Add(std::int64_t value) {
  values_.push_back({Kind::kText, std::to_string(value)});
  return *this;
}
PgParams& PgParams::Add(std::string text) {
  values_.push_back({Kind::kText, std::move(text)});
  return *this;
}
PgParams& PgParams::AddBytes(std::string bytes) {
  values_.push_back({Kind::kBytes, std::move(bytes)});
  return *this;
}
PgParams& PgParams::AddNull() {
  values_.push_back({Kind::kNull, {}});
  return *this;
}

struct PgResult::Impl {
  pqxx::result rows;

  pqxx::field At(std::size_t row, int column) const {
    return rows[static_cast<pqxx::result::size_type>(row)]
               [static_cast<pqxx::row::size_type>(column)];
  }
};

std::size_t PgResult::size() const { return static_cast<std::size_t>(impl_->rows.size()); }
bool PgResult::IsNull(std::size_t row, int column) const {
  return impl_->At(row, column).is_null();
}
std::string_view PgResult::Text(std::size_t row, int column) const {
  const pqxx::field field = impl_->At(row, column);
  return {field.c_str(), field.size()};
}
std::int64_t PgResult::Int(std::size_t row, int column) const {
  const std::string_view text = Text(row, column);
  std::int64_t value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  SAGA_CHECK(parsed.ec == std::errc());
  return value;
}
bool PgResult::Bool(std::size_t row, int column) const { return Text(row, column) == "t"; }
std::string PgResult::Bytes(std::size_t row, int column) const {
  const pqxx::field field = impl_->At(row, column);
  if (field.is_null()) return {};
  const pqxx::binarystring bytes(field);
  return bytes.str();
}

struct PgConnection::Impl {
  explicit Impl(const std::string& conninfo) : connection(conninfo) {}

  pqxx::connection connection;
  // Statement names are cut at 63 bytes by the server: short ones of our own, by text.
  std::unordered_map<std::string, std::string> prepared;
  std::uint64_t names = 0;

  const std::string& Prepare(const std::string& sql) {
    if (prepared.size() >= kPgPreparedMax && prepared.count(sql) == 0) {
      for (const auto& [text, name] : prepared) connection.unprepare(name);
      prepared.clear();
    }
    const auto [entry, added] = prepared.try_emplace(sql, fmt::format("s{}", ++names));
    if (added) {
      connection.prepare(entry->second, sql);
      connection.prepare_now(entry->second);
    }
    return entry->second;
  }
};

PgConnection::PgConnection(const std::string& conninfo, std::string session_settings)
    : conninfo_(WithTimeouts(conninfo)), session_settings_(std::move(session_settings)) {}
PgConnection::~PgConnection() = default;

void PgConnection::Close() { impl_.reset(); }

Status PgConnection::Open() {
  if (impl_ != nullptr) return Status::Ok();
  try {
    auto opened = std::make_unique<Impl>(conninfo_);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    // A reconnect inside a call would hide that the call's fate is unknown.
    opened->connection.inhibit_reactivation(true);
#pragma GCC diagnostic pop
    const Armed armed(opened->connection.sock(), kPgClientTimeout);
    pqxx::nontransaction work(opened->connection);
    work.exec(
        fmt::format("SET statement_timeout = {}; SET idle_in_transaction_session_timeout = {}; "
                    "SET synchronous_commit = on; SET client_encoding = 'UTF8'; {}",
                    kPgStatementTimeout.count(), kPgStatementTimeout.count(), session_settings_));
    work.commit();
    impl_ = std::move(opened);
    return Status::Ok();
  } catch (const std::exception& error) {
    return Failed(StatusCode::kUnavailable, "STORE_UNREACHABLE", error.what());
  }
}

Result<PgResult> PgConnection::Execute(const std::string& sql, const PgParams& params,
                                       std::chrono::milliseconds timeout) {
  SAGA_RETURN_IF_ERROR(Open());
  bool sent = false;
  try {
    const Armed armed(impl_->connection.sock(), timeout);
    const std::string& name = impl_->Prepare(sql);
    pqxx::nontransaction work(impl_->connection);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    // exec_prepared needs the number of parameters at compile time; ours vary with what a batch
    // holds.
    pqxx::prepare::invocation call(work, name);
#pragma GCC diagnostic pop
    for (const PgParams::Value& value : params.values_) {
      switch (value.kind) {
        case PgParams::Kind::kText:
          call(value.value);
          break;
        case PgParams::Kind::kBytes:
          call(pqxx::binarystring(value.value));
          break;
        case PgParams::Kind::kNull:
          call();
          break;
      }
    }
    sent = true;
    auto rows = std::make_shared<PgResult::Impl>(PgResult::Impl{call.exec()});
    work.commit();
    return PgResult(std::move(rows));
  } catch (const pqxx::in_doubt_error& error) {
    Close();
    return Failed(StatusCode::kUnavailable, "STORE_UNAVAILABLE", error.what());
  } catch (const pqxx::broken_connection& error) {
    Close();
    return Failed(StatusCode::kUnavailable, sent ? "STORE_UNAVAILABLE" : "STORE_UNREACHABLE",
                  error.what());
  } catch (const pqxx::sql_error& error) {
    // Only a session that lives on has certainly rolled back: a server that could not write its
    // log says so (disk full, as PANIC) and dies, and the commit may have reached the disk.
    const bool certain = impl_->connection.is_open() && !error.sqlstate().empty();
    // A statement that could not be prepared must be prepared again.
    if (!certain || !sent) Close();
    if (!certain) {
      return Failed(StatusCode::kUnavailable, sent ? "STORE_UNAVAILABLE" : "STORE_UNREACHABLE",
                    error.what(), error.sqlstate());
    }
    return FromSqlError(error.sqlstate(), error.what());
  } catch (const std::exception& error) {
    Close();
    return Failed(StatusCode::kUnavailable, sent ? "STORE_UNAVAILABLE" : "STORE_UNREACHABLE",
                  error.what());
  }
}

Status PgConnection::ExecuteScript(const std::string& sql, std::chrono::milliseconds timeout) {
  SAGA_RETURN_IF_ERROR(Open());
  try {
    const Armed armed(impl_->connection.sock(), timeout);
    // Statements sent together are one transaction: there is no moment in which the session holds
    // its locks and waits for us.
    pqxx::nontransaction work(impl_->connection);
    work.exec(sql);
    work.commit();
    return Status::Ok();
  } catch (const pqxx::sql_error& error) {
    const bool certain = impl_->connection.is_open() && !error.sqlstate().empty();
    if (!certain) {
      Close();
      return Failed(StatusCode::kUnavailable, "STORE_UNAVAILABLE", error.what(), error.sqlstate());
    }
    return FromSqlError(error.sqlstate(), error.what());
  } catch (const std::exception& error) {
    Close();
    return Failed(StatusCode::kUnavailable, "STORE_UNAVAILABLE", error.what());
  }
}

std::string WithTimeouts(const std::string& conninfo) {
  struct Setting {
    const char* name;
    std::int64_t value;
  };
  const Setting settings[] = {{"connect_timeout", kPgConnectTimeout.count()},
                              {"tcp_user_timeout", kPgClientTimeout.count()},
                              {"keepalives_idle", 5},
                              {"keepalives_interval", 2},
                              {"keepalives_count", 2}};
  const bool uri = conninfo.rfind("postgres://", 0) == 0 || conninfo.rfind("postgresql://", 0) == 0;
  std::string result = conninfo;
  for (const Setting& setting : settings) {
    if (conninfo.find(setting.name) != std::string::npos) continue;
    const char* separator = !uri ? " " : result.find('?') == std::string::npos ? "?" : "&";
    result += fmt::format("{}{}={}", separator, setting.name, setting.value);
  }
  if (conninfo.find("application_name") == std::string::npos) {
    result += fmt::format("{}application_name=sagad", uri ? "&" : " ");
  }
  return result;
}

void PgTextArray::Append(std::string_view element) {
  if (text_.size() > 1) text_ += ',';
  text_ += '"';
  for (const char c : element) {
    if (c == '"' || c == '\\') text_ += '\\';
    text_ += c;
  }
  text_ += '"';
}

void PgTextArray::Append(std::int64_t element) {
  if (text_.size() > 1) text_ += ',';
  text_ += std::to_string(element);
}

std::string PgTextArray::Take() && {
  text_ += '}';
  return std::move(text_);
}

}  // namespace saga

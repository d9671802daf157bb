#include "participants/sdk/connection_pool.h"

#include <fmt/format.h>

#include <pqxx/nontransaction>
#include <utility>

#include "participants/sdk/limits.h"

namespace saga::sdk {

ConnectionPool::ConnectionPool(std::string conninfo, std::size_t size, std::string search_path)
    : conninfo_(fmt::format("{} connect_timeout={} tcp_user_timeout={} keepalives_idle=5 "
                            "keepalives_interval=2 keepalives_count=3",
                            conninfo, kConnectTimeout.count(), kTcpUserTimeout.count())),
      size_(size),
      search_path_(std::move(search_path)) {
  SAGA_CHECK(size_ > 0 && size_ <= kConnectionsMax);
}

ConnectionPool::~ConnectionPool() {
  MutexLock lock(mutex_);
  SAGA_CHECK(leased_ == 0);
}

ConnectionPool::Lease::~Lease() {
  if (connection_ == nullptr) return;
  if (!discarded_ && connection_->is_open()) {
    pool_->Return(std::move(connection_));
  } else {
    pool_->ReturnBroken();
  }
}

Result<ConnectionPool::Lease> ConnectionPool::Acquire(std::chrono::milliseconds limit) {
  {
    MutexLock lock(mutex_);
    const auto until = std::chrono::steady_clock::now() + limit;
    while (leased_ >= size_ && returned_.wait_until(mutex_, until) != std::cv_status::timeout) {}
    if (leased_ >= size_) {
      return Status(StatusCode::kResourceExhausted, "CONNECTIONS_BUSY",
                    fmt::format("all {} connections are in use", size_));
    }
    ++leased_;
    if (!idle_.empty()) {
      Lease lease(*this, std::move(idle_.back()));
      idle_.pop_back();
      return lease;
    }
  }
  Result<std::unique_ptr<pqxx::connection>> opened = Open();
  if (!opened.ok()) {
    ReturnBroken();
    return opened.status();
  }
  return Lease(*this, std::move(opened).value());
}

void ConnectionPool::Return(std::unique_ptr<pqxx::connection> connection) {
  {
    MutexLock lock(mutex_);
    --leased_;
    idle_.push_back(std::move(connection));
  }
  returned_.notify_one();
}

void ConnectionPool::ReturnBroken() {
  {
    MutexLock lock(mutex_);
    --leased_;
    idle_.clear();
  }
  returned_.notify_one();
}

Result<std::unique_ptr<pqxx::connection>> ConnectionPool::Open() const {
  try {
    auto connection = std::make_unique<pqxx::connection>(conninfo_);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    // A silent reconnect would run the rest of a transaction outside of it.
    connection->inhibit_reactivation(true);
#pragma GCC diagnostic pop
    pqxx::nontransaction settings(*connection);
    settings.exec(
        fmt::format("SET default_transaction_isolation = 'read committed'; "
                    "SET statement_timeout = {}; SET idle_in_transaction_session_timeout = {}",
                    kStatementTimeout.count(), kIdleTransactionTimeout.count()));
    if (!search_path_.empty()) {
      settings.exec(fmt::format("SET search_path = {}", connection->quote_name(search_path_)));
    }
    settings.commit();
    return connection;
  } catch (const std::exception& error) {
    return Status(StatusCode::kUnavailable, "DATABASE_UNREACHABLE", error.what());
  }
}

}  // namespace saga::sdk

#include "store/pg_pool.h"

#include <utility>

namespace saga {

PgPool::Lease::~Lease() {
  if (connection_ != nullptr) pool_->Return(std::move(connection_));
}

Result<PgPool::Lease> PgPool::Take() {
  MutexLock lock(mutex_);
  const auto until = std::chrono::steady_clock::now() + kPgPoolWait;
  while (idle_.empty() && made_ >= connections_max_) {
    if (returned_.wait_until(mutex_, until) == std::cv_status::timeout && idle_.empty()) {
      return StoreUnavailable("all database connections for reading are busy");
    }
  }
  if (!idle_.empty()) {
    Lease lease(*this, std::move(idle_.back()));
    idle_.pop_back();
    return lease;
  }
  ++made_;
  return Lease(*this, std::make_unique<PgConnection>(conninfo_));
}

void PgPool::Return(std::unique_ptr<PgConnection> connection) {
  MutexLock lock(mutex_);
  idle_.push_back(std::move(connection));
  returned_.notify_one();
}

Result<PgResult> PgPool::Execute(const std::string& sql, const PgParams& params) {
  SAGA_ASSIGN_OR_RETURN(const Lease lease, Take());
  auto result = lease->Execute(sql, params);
  const bool stale = !result.ok() && result.status().reason() == "STORE_UNAVAILABLE";
  if (stale) result = lease->Execute(sql, params);
  if (result.ok() || result.status().code() != StatusCode::kUnavailable) return result;
  return StoreUnavailable(result.status().message());
}

Result<PgResult> PgPool::ExecuteOnce(const std::string& sql, const PgParams& params) {
  SAGA_ASSIGN_OR_RETURN(const Lease lease, Take());
  // An answer lost here loses nothing: the statement opens a new connection.
  (void)lease->Execute("SELECT 1");
  auto result = lease->Execute(sql, params);
  if (result.ok() || result.status().code() != StatusCode::kUnavailable) return result;
  return StoreUnavailable(result.status().message());
}

}  // namespace saga

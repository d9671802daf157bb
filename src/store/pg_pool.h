// A few connections for reads and registrations; the shards have their own.
//
// Threads: any. Limits: at most `connections_max` at once; a caller waits kPgPoolWait for one, then
// UNAVAILABLE.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "store/pg_connection.h"

namespace saga {

class PgPool {
 public:
  PgPool(std::string conninfo, std::size_t connections_max)
      : conninfo_(std::move(conninfo)), connections_max_(connections_max) {}

  // Gives the connection back when it goes.
  class Lease {
   public:
    Lease(PgPool& pool, std::unique_ptr<PgConnection> connection)
        : pool_(&pool), connection_(std::move(connection)) {}
    Lease(Lease&&) noexcept = default;
    Lease& operator=(Lease&&) = delete;
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    ~Lease();
    PgConnection* operator->() const { return connection_.get(); }
    PgConnection& operator*() const { return *connection_; }

   private:
    PgPool* pool_;
    std::unique_ptr<PgConnection> connection_;
  };

  // Errors: UNAVAILABLE STORE_UNAVAILABLE.
  Result<Lease> Take();
  // Take and Execute. A connection that the server closed while it was idle is opened again, once.
  Result<PgResult> Execute(const std::string& sql, const PgParams& params = {});
  // The same for a statement that must not be executed twice: asks first whether the connection
  // lives, and never repeats the statement itself.
  Result<PgResult> ExecuteOnce(const std::string& sql, const PgParams& params);

 private:
  void Return(std::unique_ptr<PgConnection> connection);

  const std::string conninfo_;
  const std::size_t connections_max_;
  Mutex mutex_;
  CondVar returned_;
  std::vector<std::unique_ptr<PgConnection>> idle_ SAGA_GUARDED_BY(mutex_);
  std::size_t made_ SAGA_GUARDED_BY(mutex_) = 0;
};

}  // namespace saga

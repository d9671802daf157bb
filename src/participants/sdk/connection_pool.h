// A few connections to PostgreSQL, shared by the threads of a participant.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <pqxx/connection>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "base/status.h"

namespace saga::sdk {

// Opens connections when they are needed and keeps them.
//
// Threads:   any.
// Owns:      the connections; every Lease must be gone before it is destroyed.
// Promises:  never more connections than `size`; a connection that broke is not handed out again,
//            and none reconnects silently in the middle of a transaction. READ COMMITTED is the
//            level of every transaction. Statements and idle transactions have time-outs.
class ConnectionPool final {
 public:
  // `search_path`: the schema of the service; empty = the user's own.
  ConnectionPool(std::string conninfo, std::size_t size, std::string search_path = "");
  ~ConnectionPool();
  ConnectionPool(const ConnectionPool&) = delete;
  ConnectionPool& operator=(const ConnectionPool&) = delete;

  // A connection for as long as this object lives.
  class Lease {
   public:
    Lease(ConnectionPool& pool, std::unique_ptr<pqxx::connection> connection)
        : pool_(&pool), connection_(std::move(connection)) {}
    Lease(Lease&& other) noexcept = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease();

    pqxx::connection& operator*() const { return *connection_; }
    // Its state is not known: it is closed instead of handed out again.
    void Discard() { discarded_ = true; }

   private:
    ConnectionPool* pool_;
    std::unique_ptr<pqxx::connection> connection_;
    bool discarded_ = false;
  };

  // Errors:    RESOURCE_EXHAUSTED CONNECTIONS_BUSY: none became free in time.
  //            UNAVAILABLE DATABASE_UNREACHABLE: a new one could not be opened.
  Result<Lease> Acquire(std::chrono::milliseconds limit);

 private:
  Result<std::unique_ptr<pqxx::connection>> Open() const;
  void Return(std::unique_ptr<pqxx::connection> connection);
  // After one has failed the idle ones are suspect, too: the database may have restarted.
  void ReturnBroken();

  const std::string conninfo_;
  const std::size_t size_;
  const std::string search_path_;
  Mutex mutex_;
  CondVar returned_;
  std::vector<std::unique_ptr<pqxx::connection>> idle_ SAGA_GUARDED_BY(mutex_);
  std::size_t leased_ SAGA_GUARDED_BY(mutex_) = 0;
};

}  // namespace saga::sdk

// A PostgreSQL server of the test's own.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "support/process.h"

namespace saga::test {

enum class Durability {
  kFsync,    // What a crash of the server is tested against.
  kNoFsync,  // Faster; enough where no machine crash is in question (kill -9 loses nothing either).
};

// How the server is set up.
struct PostgresOptions {
  Durability durability = Durability::kFsync;
  std::vector<std::string> settings;  // "name=value", besides those that the tests need anyway.
};

// A throw-away PostgreSQL cluster, reached by a unix socket only.
//
// Threads:   one, except Conninfo() and Execute().
// Owns:      the server process and its folder below /tmp; the destructor ends and removes both.
// Promises:  never runs as root, never listens on TCP, never touches another cluster. The server
//            dies with the test program. Stop, kill and restart keep the data.
// Limits:    failures throw std::runtime_error.
class PrivatePostgres final {
 public:
  explicit PrivatePostgres(PostgresOptions options = {});
  ~PrivatePostgres();
  PrivatePostgres(const PrivatePostgres&) = delete;
  PrivatePostgres& operator=(const PrivatePostgres&) = delete;

  // One per test program, made at the first call (from the main thread), ended with the program.
  static PrivatePostgres& Shared();

  // What libpq connects with.
  std::string Conninfo(std::string_view database) const;
  // The unix socket itself, for a TcpProxy in front of it.
  std::filesystem::path socket_path() const;

  // Makes a new, empty database with a name of its own and returns its conninfo.
  std::string CreateDatabase();
  // Runs statements in a database given by its conninfo, outside a transaction.
  static void Execute(const std::string& conninfo, const std::string& sql);

  void Start();     // Waits until it answers.
  void Stop();      // Fast shutdown: sessions are ended, everything is written.
  void Restart();   // Stop and Start.
  void KillHard();  // kill -9 of the server and all its sessions.
  void Freeze();    // SIGSTOP to the server and all its sessions: half-open, answers nobody.
  void Thaw();

 private:
  std::vector<std::string> ServerCommand() const;
  std::vector<pid_t> AllPids() const;

  PostgresOptions options_;
  std::filesystem::path folder_;
  std::string user_;
  int databases_ = 0;
  std::unique_ptr<ChildProcess> server_;
};

}  // namespace saga::test

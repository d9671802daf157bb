// What a stretch of work cost: CPU of this process, CPU of a database session, and WAL.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace saga::bench {

struct Cost {
  double client_us = 0;  // CPU of this process.
  double server_us = 0;  // CPU of the session.
  double wall_us = 0;
  double wal_bytes = 0;
};

// Threads: one. Measures from its construction to Stop().
class Meter {
 public:
  // `observer` is a conninfo for sessions that are not measured themselves.
  Meter(std::string observer, int session_pid);
  Cost Stop() const;

 private:
  const std::string observer_;
  const int session_pid_;
  Cost begin_;
};

// The time of one fdatasync of 8 kB in `folder`.
std::chrono::microseconds FsyncLatency(const std::string& folder);

// The answer of a query with one value.
std::string Ask(const std::string& conninfo, const std::string& sql);

}  // namespace saga::bench

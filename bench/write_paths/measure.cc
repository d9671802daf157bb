#include "measure.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <fstream>
#include <pqxx/pqxx>
#include <stdexcept>

namespace saga::bench {
namespace {

double Micros(const timeval& time) {
  return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_usec);
}

Cost Now(const std::string& observer, int session_pid) {
  Cost now;
  now.wal_bytes = std::stod(Ask(observer, "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')"));
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  now.client_us = Micros(usage.ru_utime) + Micros(usage.ru_stime);
  // Nanoseconds on a CPU; /proc/PID/stat counts in hundredths of a second only.
  std::ifstream file("/proc/" + std::to_string(session_pid) + "/schedstat");
  double nanos = 0;
  if (!(file >> nanos)) throw std::runtime_error("the session's /proc entry cannot be read");
  now.server_us = nanos / 1e3;
  now.wall_us =
      std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now().time_since_epoch())
          .count();
  return now;
}

}  // namespace

std::string Ask(const std::string& conninfo, const std::string& sql) {
  pqxx::connection connection(conninfo);
  pqxx::nontransaction session(connection);
  return session.exec(sql)[0][0].as<std::string>();
}

Meter::Meter(std::string observer, int session_pid)
    : observer_(std::move(observer)),
      session_pid_(session_pid),
      begin_(Now(observer_, session_pid)) {}

Cost Meter::Stop() const {
  const double wall_us =
      std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now().time_since_epoch())
          .count();
  const Cost end = Now(observer_, session_pid_);
  return {end.client_us - begin_.client_us, end.server_us - begin_.server_us,
          wall_us - begin_.wall_us, end.wal_bytes - begin_.wal_bytes};
}

std::chrono::microseconds FsyncLatency(const std::string& folder) {
  const std::string path = folder + "/write_paths.fsync";
  const int file = ::open(path.c_str(), O_CREAT | O_WRONLY | O_TRUNC, 0600);
  if (file < 0) throw std::runtime_error("cannot write " + path);
  const std::string block(8192, 'x');
  constexpr int kSyncs = 200;
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < kSyncs; ++i) {
    if (::pwrite(file, block.data(), block.size(), 0) < 0 || ::fdatasync(file) != 0)
      throw std::runtime_error("cannot sync " + path);
  }
  const auto took = std::chrono::steady_clock::now() - begin;
  ::close(file);
  ::unlink(path.c_str());
  return std::chrono::duration_cast<std::chrono::microseconds>(took / kSyncs);
}

}  // namespace saga::bench

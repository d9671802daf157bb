// Points in time as they are persisted, and where they come from.
#pragma once

#include <chrono>
#include <cstdint>

namespace saga {

// Microseconds since the epoch, by the database's clock. Wall clocks of two machines are never
// compared.
using TimePoint = std::chrono::sys_time<std::chrono::microseconds>;
using Duration = std::chrono::microseconds;

inline std::int64_t ToMicros(TimePoint time) { return time.time_since_epoch().count(); }
inline TimePoint FromMicros(std::int64_t micros) { return TimePoint(Duration(micros)); }

// Inside a process only: never persisted.
using SteadyTime = std::chrono::steady_clock::time_point;

// Goes on while the process is stopped and while the machine sleeps: for promises that end by
// themselves.
struct BootClock {
  using duration = std::chrono::nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<BootClock>;
  static constexpr bool is_steady = true;
  static time_point now() noexcept;
};
using BootTime = BootClock::time_point;

}  // namespace saga

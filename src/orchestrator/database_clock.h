// The database's time, as learnt from its answers.
#pragma once

#include "base/mutex.h"
#include "base/time.h"

namespace saga {

// Keeps the offset between the database's clock and this process's steady clock.
//
// Threads:   any.
// Promises:  good to the time that an answer takes. Until something was learnt, the machine's own
//            clock stands in. A jump of the database's clock is followed: it may change latency,
//            never safety.
class DatabaseClock {
 public:
  DatabaseClock();

  // The database said `database`; the answer arrived at `arrived`.
  void Learn(TimePoint database, SteadyTime arrived);
  TimePoint At(SteadyTime steady) const;
  TimePoint Now() const { return At(std::chrono::steady_clock::now()); }

 private:
  mutable Mutex mutex_;
  Duration offset_ SAGA_GUARDED_BY(mutex_);
  bool learnt_ SAGA_GUARDED_BY(mutex_) = false;
};

}  // namespace saga

// Time-ordered unique ids.
#pragma once

#include <string>

#include "base/time.h"

namespace saga {

// A UUIDv7 (RFC 9562) as text: 48 bits of milliseconds, the rest from a per-thread generator seeded
// by the system.
std::string MakeUuidV7(TimePoint now);

}  // namespace saga

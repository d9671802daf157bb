// How a container engine asks a demo service whether it is well.
#pragma once

#include <string>

#include "base/status.h"

namespace saga::demo {

// Asks gRPC's health service at `address` (HOST:PORT). Waits a few seconds at most.
// Errors: UNAVAILABLE NOT_SERVING.
Status AskHealth(const std::string& address);

}  // namespace saga::demo

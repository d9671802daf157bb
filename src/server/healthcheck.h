// How a container engine asks sagad whether it is well: an image needs no other program for that.
#pragma once

#include <string>

#include "base/status.h"

namespace saga::server {

// GETs /readyz of the process that listens on `listen` (as `ops.listen` is written; an address that
// means any is asked on loopback). Waits a few seconds at most.
// Errors: UNAVAILABLE NOT_READY, with what it answered.
Status AskReadiness(const std::string& listen);

}  // namespace saga::server

// Structured logs by spdlog: one line per transition, ids first, `key=value`, no payloads.
#pragma once

#include <spdlog/spdlog.h>

#include <string>

#include "base/status.h"

namespace saga {

enum class LogFormat { kText, kJson };

// Sets the process-wide logger up: level is one of debug, info, warn, error; lines go to standard
// error.
Status SetUpLogging(const std::string& level, LogFormat format);

}  // namespace saga

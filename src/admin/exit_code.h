// How sagactl ends. The numbers are part of the product.
#pragma once

#include <cstdint>
#include <string>

#include "base/status.h"

namespace saga::admin {

enum class ExitCode : std::uint8_t {
  kDone = 0,
  kInternal = 1,
  kUsage = 2,
  kNotAllowed = 3,
  kNotFound = 4,
  kRefused = 5,
  kUnreachable = 6,
  // From here on the command worked; the code is the answer.
  kSomethingFound = 10,
  kDefinitionBroken = 11,
  kCompensated = 12,
  kStuck = 13,
  kResolved = 14,
  kStillRunning = 15,
  kSomeRefused = 16,
  kInterrupted = 130,
};

ExitCode ExitCodeOf(const Status& status);

// The table of `sagactl help exit-codes`.
std::string ExitCodeTable();

}  // namespace saga::admin

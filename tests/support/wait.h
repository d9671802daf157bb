// Waiting for a condition with a limit: tests have no sleeps of their own.
#pragma once

#include <chrono>
#include <functional>

namespace saga::test {

// Asks `condition` every few milliseconds. True once it held; false when `limit` passed without.
bool WaitUntil(std::chrono::milliseconds limit, const std::function<bool()>& condition);

}  // namespace saga::test

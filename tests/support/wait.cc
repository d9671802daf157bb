#include "support/wait.h"

#include <thread>

namespace saga::test {
namespace {

constexpr std::chrono::milliseconds kPollInterval{5};

}  // namespace

bool WaitUntil(std::chrono::milliseconds limit, const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + limit;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= end) return false;
    std::this_thread::sleep_for(kPollInterval);
  }
  return true;
}

}  // namespace saga::test

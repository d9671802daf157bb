#include "base/check.h"

#include <spdlog/spdlog.h>

#include <cstdlib>

namespace saga {

void CheckFailed(const char* file, int line, const char* expression) {
  spdlog::critical("check failed at {}:{}: {}", file, line, expression);
  spdlog::shutdown();
  std::abort();
}

}  // namespace saga

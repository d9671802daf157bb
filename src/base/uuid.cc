#include "base/uuid.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <random>

namespace saga {
namespace {

std::mt19937_64 SeededGenerator() {
  std::random_device device;
  std::seed_seq seed{device(), device(), device(), device(),
                     device(), device(), device(), device()};
  return std::mt19937_64(seed);
}

}  // namespace

std::string MakeUuidV7(TimePoint now) {
  thread_local std::mt19937_64 generator = SeededGenerator();
  const auto millis =
      static_cast<std::uint64_t>(
          std::chrono::floor<std::chrono::milliseconds>(now.time_since_epoch()).count()) &
      0xffffffffffffULL;
  const std::uint64_t a = generator();
  const std::uint64_t b = generator();
  return fmt::format("{:08x}-{:04x}-7{:03x}-{:04x}-{:012x}", millis >> 16U, millis & 0xffffU,
                     a & 0xfffU, 0x8000U | (b >> 48U & 0x3fffU), b & 0xffffffffffffULL);
}

}  // namespace saga

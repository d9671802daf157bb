#include <algorithm>

#include "base/hash.h"
#include "orchestrator/core/decide.h"
#include "orchestrator/core/limits.h"

namespace saga {
namespace {

constexpr std::uint64_t kJitterParts = 1000;
constexpr std::uint64_t kRecoverySeed = 0x7265636f766572;  // Unlike any number of failures.

std::int64_t Ceiling(const RetryPolicy& policy, std::uint32_t failures) {
  std::int64_t delay = policy.backoff.count();
  const std::int64_t limit = policy.max.count();
  for (std::uint32_t i = 1; i < failures && delay < limit; ++i) {
    delay = delay * policy.factor_permille / 1000;
    if (policy.factor_permille <= 1000) break;
  }
  return std::min(delay, limit);
}

}  // namespace

std::chrono::milliseconds BackoffFor(const RetryPolicy& policy, const SagaId& saga, StepIndex step,
                                     std::uint32_t failures) {
  const std::int64_t ceiling = Ceiling(policy, failures);
  if (!policy.jitter) return std::chrono::milliseconds(ceiling);
  const std::uint64_t seed = (static_cast<std::uint64_t>(ToSize(step)) << 32U) | failures;
  const auto share = static_cast<std::int64_t>(StableHash(saga.text(), seed) % (kJitterParts + 1));
  const std::int64_t half = ceiling / 2;
  return std::chrono::milliseconds(ceiling - half +
                                   half * share / static_cast<std::int64_t>(kJitterParts));
}

std::chrono::milliseconds RecoveryDelay(const RetryPolicy& policy, const SagaId& saga,
                                        StepIndex step) {
  if (!policy.jitter) return std::chrono::milliseconds(0);
  const auto share = static_cast<std::int64_t>(
      StableHash(saga.text(), kRecoverySeed + ToSize(step)) % kJitterParts);
  return std::chrono::milliseconds(kRecoverySpread.count() * share /
                                   static_cast<std::int64_t>(kJitterParts));
}

}  // namespace saga

#include <gtest/gtest.h>

#include "unit/core/random_saga.h"

namespace saga::testing {
namespace {

TEST(SagaProperties, HoldForRandomSagasOfAllKindsAndEachOfThemEnds) {
  constexpr std::uint64_t kSagas = 5'000;
  for (std::uint64_t seed = 1; seed <= kSagas; ++seed) {
    const std::string problem = RandomSaga(seed).Run();
    ASSERT_EQ(problem, "") << "seed " << seed;
  }
}

}  // namespace
}  // namespace saga::testing

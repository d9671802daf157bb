#include "simulate/enumerate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "unit/simulate/shop.h"

namespace saga::simulate {
namespace {

using ::testing::IsEmpty;

struct Seen {
  Enumeration all;
  std::vector<Case> pairs;
};

Seen EnumerateAll(const Scenario& scenario) {
  Seen seen;
  seen.all = Enumerate(scenario, [&seen](const Case& pair) { seen.pairs.push_back(pair); });
  return seen;
}

TEST(EnumerateTest, EveryPairIsRunOnceAndMeetsBothItsFaults) {
  const auto scenario = test::ShopScenario(test::kOrder);
  const Seen seen = EnumerateAll(*scenario);

  std::set<std::set<std::string>> names;
  for (const Case& pair : seen.pairs) {
    std::set<std::string> options;
    for (const Fault& fault : pair.faults) {
      options.insert(ToOption(*scenario->definition(), fault));
      EXPECT_TRUE(
          std::binary_search(pair.result.places.begin(), pair.result.places.end(), fault.place));
    }
    EXPECT_TRUE(names.insert(options).second);
  }
  EXPECT_EQ(names.size(), seen.all.pairs);
  EXPECT_FALSE(seen.all.cut);
}

// What pairs leave out runs as its first fault alone.
TEST(EnumerateTest, APairThatCannotMeetChangesNothing) {
  const auto scenario = test::ShopScenario(test::kOrder);
  const Seen seen = EnumerateAll(*scenario);
  const std::vector<Fault> faults = AllFaults(*scenario->definition());
  std::size_t left_out = 0;
  for (const Case& single : seen.all.singles) {
    if (single.faults.empty()) continue;
    for (const Fault& other : faults) {
      const auto& places = single.result.places;
      if (other.place == single.faults[0].place ||
          std::binary_search(places.begin(), places.end(), other.place)) {
        continue;
      }
      const RunResult both = RunSaga(*scenario, {single.faults[0], other});
      EXPECT_EQ(both.rest, single.result.rest);
      EXPECT_EQ(both.calls.size(), single.result.calls.size());
      ++left_out;
    }
  }
  EXPECT_GT(left_out, 0U);
}

TEST(EnumerateTest, ACleanDefinitionLeavesNothingWhereItEnds) {
  const auto scenario = test::ShopScenario(test::kOrder);
  for (const Case& pair : EnumerateAll(*scenario).pairs) {
    if (pair.result.rest != Rest::kSucceeded && pair.result.rest != Rest::kCompensated) continue;
    EXPECT_THAT(pair.result.left, IsEmpty());
    EXPECT_THAT(pair.result.lacking, IsEmpty());
  }
}

TEST(EnumerateTest, AnUndoThatLacksItsInputIsFound) {
  const auto scenario = test::ScenarioThatLacksAnInput();
  std::size_t lacking = 0;
  for (const Case& single : EnumerateAll(*scenario).all.singles) {
    lacking += single.result.lacking.empty() ? 0 : 1;
  }
  EXPECT_GT(lacking, 0U);
}

}  // namespace
}  // namespace saga::simulate

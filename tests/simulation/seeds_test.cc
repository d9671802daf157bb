// Fixed seeds of the simulator. A seed that has failed becomes a line here.
#include <gtest/gtest.h>
#include <spdlog/spdlog.h>

#include "simulation/world.h"

namespace saga::sim {
namespace {

// Runs one world; returns what broke, or nothing.
std::string Break(const WorldOptions& options, Sightings& seen) {
  World world(options);
  try {
    world.Run();
  } catch (const Violation& violation) {
    return "seed " + std::to_string(options.seed) + " tick " + std::to_string(world.ticks()) +
           ": " + violation.what();
  }
  seen.Add(world.sightings());
  return "";
}

class SimulationTest : public ::testing::Test {
 protected:
  void SetUp() override { spdlog::set_level(spdlog::level::off); }
};

TEST_F(SimulationTest, NoInvariantBreaksAndEverythingWorthMeetingIsMet) {
  Sightings seen;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    EXPECT_EQ(Break({.seed = seed, .ticks = 12'000}, seen), "");
  }
  EXPECT_EQ(seen.Missing(), std::vector<std::string>());
}

TEST_F(SimulationTest, TheSameSeedGivesTheSameRun) {
  Sightings first;
  Sightings second;
  ASSERT_EQ(Break({.seed = 77, .ticks = 5'000}, first), "");
  ASSERT_EQ(Break({.seed = 77, .ticks = 5'000}, second), "");

  EXPECT_EQ(first.all(), second.all());
}

struct Planted {
  Mutant mutant;
  const char* name;
  std::vector<std::string> invariants;  // One of these must be what is reported.
};

class MutantTest : public SimulationTest, public ::testing::WithParamInterface<Planted> {};

TEST_P(MutantTest, IsFound) {
  Sightings seen;
  std::string found;
  for (std::uint64_t seed = 1; seed <= 12 && found.empty(); ++seed) {
    found = Break({.seed = seed, .ticks = 8'000, .mutant = GetParam().mutant}, seen);
  }
  ASSERT_NE(found, "") << "the auditor did not see the mutant";
  const auto& invariants = GetParam().invariants;
  const bool right = std::any_of(
      invariants.begin(), invariants.end(),
      [&found](const std::string& name) { return found.find(": " + name + ":") != found.npos; });
  EXPECT_TRUE(right) << found;
}

INSTANTIATE_TEST_SUITE_P(
    Planted, MutantTest,
    ::testing::Values(
        Planted{Mutant::kReleaseBeforeCommit, "ReleaseBeforeCommit", {"I6", "I15", "I8", "I5"}},
        Planted{Mutant::kNoBarrier, "NoBarrier", {"I9", "I16", "I4"}},
        Planted{Mutant::kUndoOrderIgnored, "UndoOrderIgnored", {"I4"}},
        Planted{Mutant::kNoFence, "NoFence", {"I7"}},
        Planted{Mutant::kKeyPerAttempt, "KeyPerAttempt", {"I9", "I16", "I4", "I3"}},
        Planted{Mutant::kEventLost, "EventLost", {"I5"}},
        Planted{Mutant::kTruncatesTooMuch, "TruncatesTooMuch", {"I10", "I17"}}),
    [](const ::testing::TestParamInfo<Planted>& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace saga::sim

#include "participants/demo/faults.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace saga::demo {
namespace {

using std::chrono::milliseconds;

sdk::CallContext Call(int number, std::uint32_t attempt = 1) {
  sdk::CallContext call;
  call.idempotency_key = fmt::format("dev/default/ord-{}:reserve:action", number);
  call.attempt = attempt;
  call.rejection = sdk::Rejection::kFinal;
  return call;
}

Faults Parsed(const char* text) {
  const Result<Faults> faults = ParseFaults(text);
  EXPECT_TRUE(faults.ok()) << faults.status().ToString();
  return *faults;
}

TEST(FaultsTest, AnEmptyFileAndUpMeanNoFaults) {
  EXPECT_EQ(Parsed(""), Faults());
  EXPECT_EQ(Parsed("up\n"), Faults());
  EXPECT_EQ(Parsed("# nothing\n\n  \n"), Faults());
}

TEST(FaultsTest, WordsAndRatesAddUp) {
  const Faults faults = Parsed(
      "slow  # every call\ntimeout_did=0.05 timeout_did_not=0.25\nreject=0.1 hang_ms=900\n"
      "seed=7 stocktake=SKU-1,SKU-2");

  EXPECT_EQ(faults.delay, kSlowDelay);
  EXPECT_EQ(faults.timeout_did, 0.05);
  EXPECT_EQ(faults.timeout_did_not, 0.25);
  EXPECT_EQ(faults.reject, 0.1);
  EXPECT_EQ(faults.hang, milliseconds(900));
  EXPECT_EQ(faults.seed, 7U);
  EXPECT_THAT(faults.stocktake, testing::ElementsAre("SKU-1", "SKU-2"));
}

TEST(FaultsTest, AWrongWordIsNamed) {
  for (const char* text : {"sideways", "reject=2", "reject=-1", "reject=nan", "delay_ms=fast",
                           "delay_ms=999999999999", "speed=1", "seed=", "stocktake="}) {
    const Status status = ParseFaults(text).status();
    EXPECT_EQ(status.reason(), "FIELD_INVALID") << text;
    ASSERT_FALSE(status.violations().empty()) << text;
    EXPECT_THAT(status.violations()[0].description, testing::HasSubstr(text));
  }
  EXPECT_FALSE(ParseFaults("timeout_did=0.6 late=0.6").ok());
}

TEST(FaultsTest, DownIsDownForEveryCall) {
  const Faults faults = Parsed("down");
  for (int i = 0; i < 20; ++i) EXPECT_EQ(PlanFor(faults, Call(i)).fault, CallFault::kDown);
}

TEST(FaultsTest, RatesAreKeptOverManyCalls) {
  const Faults faults = Parsed("timeout_did=0.05 timeout_did_not=0.05 duplicate=0.2 reject=0.1");
  std::map<CallFault, int> seen;
  int rejected = 0;
  for (int i = 0; i < 10'000; ++i) {
    const FaultPlan plan = PlanFor(faults, Call(i));
    ++seen[plan.fault];
    if (plan.answer == BusinessAnswer::kRejected) ++rejected;
  }
  EXPECT_NEAR(seen[CallFault::kTimeoutDid], 500, 100);
  EXPECT_NEAR(seen[CallFault::kTimeoutDidNot], 500, 100);
  EXPECT_NEAR(seen[CallFault::kDuplicate], 2000, 200);
  EXPECT_NEAR(seen[CallFault::kNone], 7000, 300);
  EXPECT_NEAR(rejected, 1000, 150);
}

TEST(FaultsTest, ARepeatMayGoOtherwiseButGetsTheSameNo) {
  const Faults faults = Parsed("timeout_did=0.5 reject=0.5");
  int changed = 0;
  for (int i = 0; i < 100; ++i) {
    const FaultPlan first = PlanFor(faults, Call(i, 1));
    const FaultPlan second = PlanFor(faults, Call(i, 2));
    EXPECT_EQ(first, PlanFor(faults, Call(i, 1)));
    EXPECT_EQ(first.answer, second.answer);
    if (first.fault != second.fault) ++changed;
  }
  EXPECT_GT(changed, 20);
}

TEST(FaultsTest, WhereANoIsNotFinalNobodyIsRejectedByChance) {
  sdk::CallContext undo = Call(1);
  undo.rejection = sdk::Rejection::kRetried;

  EXPECT_EQ(PlanFor(Parsed("reject=1"), undo).answer, BusinessAnswer::kAsItIs);
  EXPECT_EQ(PlanFor(Parsed("reject=1"), Call(1)).answer, BusinessAnswer::kRejected);
}

TEST(FaultsTest, AnotherSeedIsAnotherRun) {
  int different = 0;
  for (int i = 0; i < 200; ++i) {
    if (PlanFor(Parsed("late=0.5 seed=1"), Call(i)) != PlanFor(Parsed("late=0.5 seed=2"), Call(i)))
      ++different;
  }
  EXPECT_GT(different, 50);
}

}  // namespace
}  // namespace saga::demo

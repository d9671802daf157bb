#include "orchestrator/lease_keeper.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/memory_leases.h"

namespace saga::testing {
namespace {

using std::chrono::milliseconds;

constexpr ShardId kFirst{0};
constexpr LeaseTimes kTimes{
    .ttl = milliseconds(5'000), .margin = milliseconds(1'000), .look = milliseconds(500)};

// Two nodes on one board, each with a clock of its own.
class LeaseKeeperTest : public ::testing::Test {
 protected:
  struct Node {
    Node(const std::string& name, const std::shared_ptr<MemoryLeaseBoard>& board, BootTime& now)
        : store(board),
          keeper(store, {.node = name, .address = name + ":7070", .version = "1"}, 2, kTimes,
                 [&now] { return now; }) {}
    MemoryLeases store;
    LeaseKeeper keeper;
  };

  // Time as everybody sees it.
  void Pass(milliseconds time) {
    board_->Pass(time);
    now_ += time;
  }

  const std::shared_ptr<MemoryLeaseBoard> board_ = std::make_shared<MemoryLeaseBoard>(2);
  BootTime now_ = BootTime(std::chrono::hours(7));
  Node a_{"a", board_, now_};
  Node b_{"b", board_, now_};
};

TEST_F(LeaseKeeperTest, NobodyHoldsAnythingBeforeTheFirstLook) {
  EXPECT_FALSE(a_.keeper.Holds(kFirst));
  EXPECT_FALSE(a_.keeper.OtherOwner(kFirst));
}

TEST_F(LeaseKeeperTest, TheFirstToLookHoldsAndTheOtherKnowsWho) {
  a_.keeper.RunOnce();
  b_.keeper.RunOnce();

  EXPECT_TRUE(a_.keeper.Holds(kFirst));
  EXPECT_TRUE(a_.keeper.Holds(ShardId{1}));
  EXPECT_FALSE(a_.keeper.OtherOwner(kFirst));
  EXPECT_FALSE(b_.keeper.Holds(kFirst));
  ASSERT_TRUE(b_.keeper.OtherOwner(kFirst));
  EXPECT_EQ(b_.keeper.OtherOwner(kFirst)->address, "a:7070");
}

TEST_F(LeaseKeeperTest, AHolderStopsByItselfBeforeAnybodyElseMayBegin) {
  a_.keeper.RunOnce();

  Pass(kTimes.ttl - kTimes.margin - milliseconds(1));
  EXPECT_TRUE(a_.keeper.Holds(kFirst));
  Pass(milliseconds(1));
  EXPECT_FALSE(a_.keeper.Holds(kFirst));
  b_.keeper.RunOnce();
  EXPECT_FALSE(b_.keeper.Holds(kFirst));
  Pass(kTimes.margin);
  b_.keeper.RunOnce();
  EXPECT_TRUE(b_.keeper.Holds(kFirst));
}

TEST_F(LeaseKeeperTest, TheLeaseCountsFromBeforeTheRenewalWasSent) {
  // The answer takes three seconds: by then most of the lease is over.
  class SlowStore final : public LeaseStore {
   public:
    SlowStore(const std::shared_ptr<MemoryLeaseBoard>& board, BootTime& now)
        : store_(board), now_(now) {}
    Result<LeaseTable> Renew(const NodeInfo& self, LeaseWish wish, milliseconds ttl) override {
      auto table = store_.Renew(self, wish, ttl);
      now_ += milliseconds(3'000);
      return table;
    }
    Status Release(const NodeInfo& self) override { return store_.Release(self); }

   private:
    MemoryLeases store_;
    BootTime& now_;
  } slow(board_, now_);
  LeaseKeeper keeper(slow, {.node = "slow", .address = "", .version = ""}, 2, kTimes,
                     [this] { return now_; });

  keeper.RunOnce();

  EXPECT_TRUE(keeper.Holds(kFirst));
  now_ += milliseconds(1'000);
  EXPECT_FALSE(keeper.Holds(kFirst));
}

TEST_F(LeaseKeeperTest, ARenewalThatFailsLeavesTheLeaseUntilItsEnd) {
  a_.keeper.RunOnce();
  board_->SetReachable(false);
  Pass(milliseconds(1'600));
  a_.keeper.RunOnce();

  EXPECT_TRUE(a_.keeper.Holds(kFirst));
  EXPECT_EQ(a_.keeper.Interval(), kTimes.look);
  Pass(milliseconds(2'400));
  EXPECT_FALSE(a_.keeper.Holds(kFirst));
  board_->SetReachable(true);
  a_.keeper.RunOnce();
  EXPECT_TRUE(a_.keeper.Holds(kFirst));
}

TEST_F(LeaseKeeperTest, AHolderLooksLessOftenThanWhoWaits) {
  a_.keeper.RunOnce();
  b_.keeper.RunOnce();

  EXPECT_EQ(a_.keeper.Interval(), kTimes.ttl / 3);
  EXPECT_EQ(b_.keeper.Interval(), kTimes.look);
}

TEST_F(LeaseKeeperTest, WhatIsGivenAwayIsTakenAtTheNextLook) {
  a_.keeper.Start({});
  while (!a_.keeper.Holds(kFirst)) std::this_thread::yield();

  a_.keeper.Stop();

  EXPECT_FALSE(a_.keeper.Holds(kFirst));
  b_.keeper.RunOnce();
  EXPECT_TRUE(b_.keeper.Holds(kFirst));
  EXPECT_FALSE(b_.keeper.HasPeers());
}

TEST_F(LeaseKeeperTest, WhoLeavesTakesNothingMore) {
  b_.keeper.StopTaking(milliseconds(0));
  b_.keeper.RunOnce();

  EXPECT_FALSE(b_.keeper.Holds(kFirst));
}

TEST_F(LeaseKeeperTest, APeerIsOneThatWasHeardOfWithinALease) {
  a_.keeper.RunOnce();
  b_.keeper.RunOnce();
  EXPECT_TRUE(b_.keeper.HasPeers());

  Pass(kTimes.ttl);
  b_.keeper.RunOnce();

  EXPECT_FALSE(b_.keeper.HasPeers());
}

TEST_F(LeaseKeeperTest, AnExpiredOwnerIsNoOwner) {
  a_.keeper.RunOnce();
  b_.keeper.RunOnce();

  Pass(kTimes.ttl);

  EXPECT_FALSE(b_.keeper.OtherOwner(kFirst));
}

TEST_F(LeaseKeeperTest, NothingIsHeldBeforeTheNewOwnerIsPrepared) {
  MemoryLeases store(board_);
  LeaseKeeper keeper(store, {.node = "c", .address = "", .version = ""}, 2,
                     {.ttl = kTimes.ttl, .margin = kTimes.margin, .look = milliseconds(5)});
  std::atomic<int> asked = 0;
  std::atomic<bool> held_too_early = false;

  keeper.Start({.prepare = [&]() -> Status {
                  if (keeper.Holds(kFirst)) held_too_early = true;
                  if (++asked < 3) return {StatusCode::kUnavailable, "NOT_YET", "not yet"};
                  return Status::Ok();
                },
                .changed = {}});
  while (!keeper.Holds(kFirst)) std::this_thread::yield();
  keeper.Stop();

  EXPECT_EQ(asked, 3);
  EXPECT_FALSE(held_too_early);
}

TEST_F(LeaseKeeperTest, AChangeIsToldOnce) {
  MemoryLeases store(board_);
  LeaseKeeper keeper(store, {.node = "c", .address = "", .version = ""}, 2, kTimes);
  std::atomic<int> changes = 0;

  keeper.Start({.prepare = {}, .changed = [&changes] { ++changes; }});
  while (changes == 0) std::this_thread::yield();
  keeper.RunOnce();
  keeper.Stop();

  EXPECT_EQ(changes, 1);
}

}  // namespace
}  // namespace saga::testing

// A shard with a lease that comes and goes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/orchestrator/shard_world.h"

namespace saga::testing {
namespace {

class ShardLeaseTest : public ShardWorld {
 protected:
  ShardLeaseTest() {
    holds_ = [this] { return held_; };
    NewShard();
  }

  bool held_ = true;
};

TEST_F(ShardLeaseTest, WithoutALeaseNothingIsClaimedAndEveryoneIsToldSo) {
  held_ = false;
  Got got;
  Start("s1", got);
  Settle();

  EXPECT_FALSE(shard_->serving());
  EXPECT_EQ(got.times, 1);
  EXPECT_EQ(got.status.reason(), "NOT_OWNER");
  EXPECT_EQ(got.status.code(), StatusCode::kUnavailable);
  EXPECT_EQ(store_.entry_count(ShardId{0}), 0U);
}

TEST_F(ShardLeaseTest, WithALeaseTheSameStartSucceeds) {
  held_ = false;
  Got refused;
  Start("s1", refused);
  Settle();

  held_ = true;
  Got got;
  Start("s1", got);
  Settle();

  EXPECT_TRUE(got.status.ok()) << got.status.ToString();
  EXPECT_EQ(caller_.Open(), "stock/action#1");
}

TEST_F(ShardLeaseTest, ALeaseThatEndsIsNoticedBeforeTheNextTurn) {
  Got started;
  Start("s1", started);
  Settle();
  held_ = false;

  Reply("stock", CallOutcome::kSucceeded);
  Got read;
  Read("s1", read);
  Settle();

  EXPECT_EQ(read.status.reason(), "NOT_OWNER");
  EXPECT_EQ(Journalled("s1"), "saga.started.v1");
  EXPECT_FALSE(shard_->serving());
}

TEST_F(ShardLeaseTest, ACallThatWaitsToBeSentIsDroppedWithTheLease) {
  Got started;
  Start("s1", started);
  Settle();
  ASSERT_TRUE(caller_.open().front().place.StillOwned());

  held_ = false;

  EXPECT_FALSE(caller_.open().front().place.StillOwned());
}

TEST_F(ShardLeaseTest, WhoWaitsForASagaIsToldThatItHasMoved) {
  Got started;
  Got waited;
  Start("s1", started);
  Wait("s1", waited, WaitGoal::kEnd, std::chrono::seconds(60));
  Settle();
  ASSERT_EQ(waited.times, 0);

  held_ = false;
  Settle();

  EXPECT_EQ(waited.times, 1);
  EXPECT_EQ(waited.status.reason(), "NOT_OWNER");
}

TEST_F(ShardLeaseTest, AfterTheLeaseHasComeBackItGoesOnFromTheJournal) {
  Got started;
  Start("s1", started);
  Settle();
  held_ = false;
  Settle();
  // Somebody else owns the shard meanwhile and moves the saga on.
  auto other = store_.MakeJournal();
  ASSERT_TRUE(other->Claim(ShardId{0}, "other").ok());

  held_ = true;
  Settle();

  EXPECT_TRUE(shard_->serving());
  Got read;
  Read("s1", read);
  Settle();
  ASSERT_TRUE(read.saga);
  EXPECT_EQ(read.saga->state, SagaState::kRunning);
  // The call of the first term is still under way here: its answer counts, nobody calls again.
  Reply("stock", CallOutcome::kSucceeded);
  Settle();
  EXPECT_EQ(caller_.Open(), "card/action#1");
}

TEST_F(ShardLeaseTest, AnAnswerThatComesWithoutALeaseIsAskedForAgain) {
  Got started;
  Start("s1", started);
  Settle();
  held_ = false;
  Settle();
  Reply("stock", CallOutcome::kSucceeded);
  Settle();

  held_ = true;
  Settle();

  EXPECT_EQ(caller_.Open(), "stock/action#1");
  EXPECT_EQ(caller_.made("test/default/s1:stock:action"), 2);
}

TEST_F(ShardLeaseTest, AnAnswerInDoubtWhenTheLeaseEndsIsAskedForAgain) {
  Got started;
  Start("s1", started);
  Settle();
  store_.AddFault(AppendFault::kLost);
  Reply("stock", CallOutcome::kSucceeded);
  shard_->RunOnce(now_);
  // The store stays away until the lease is over.
  held_ = false;
  Settle();

  held_ = true;
  Settle();

  EXPECT_EQ(caller_.Open(), "stock/action#1");
  EXPECT_EQ(caller_.made("test/default/s1:stock:action"), 2);
}

TEST_F(ShardLeaseTest, WithoutALeaseItCountsNoSagas) {
  Got started;
  Start("s1", started);
  Settle();
  held_ = false;

  std::optional<Census> census;
  ShardRequest asked = CensusArrived{[&census](const Census* taken) {
    ASSERT_NE(taken, nullptr);
    census = *taken;
  }};
  mailbox_->PostRequest(asked);
  Settle();

  ASSERT_TRUE(census.has_value());
  EXPECT_TRUE(census->sagas.empty());
}

TEST_F(ShardLeaseTest, TheFeedIsEmptyWhileAnotherNodePublishes) {
  Got started;
  Start("s1", started);
  Settle();
  ASSERT_NE(feed_->last(), JournalSeq{});

  held_ = false;
  Settle();

  EXPECT_EQ(feed_->last(), JournalSeq{});
}

}  // namespace
}  // namespace saga::testing

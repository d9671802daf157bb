// What LeaseStore promises, for every implementation. Included by the tests that instantiate it.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

#include "orchestrator/lease.h"

namespace saga::testing {

inline constexpr std::uint16_t kLeasedShards = 3;

// One cluster of kLeasedShards shards without any node.
class LeasesUnderTest {
 public:
  virtual ~LeasesUnderTest() = default;
  // A node's access of its own.
  virtual std::unique_ptr<LeaseStore> Open() = 0;
  // Lets the database's clock go on by at least `time`.
  virtual void Pass(std::chrono::milliseconds time) = 0;
};

using MakeLeases = std::function<std::unique_ptr<LeasesUnderTest>()>;

class LeaseContract : public ::testing::TestWithParam<MakeLeases> {
 protected:
  static constexpr std::chrono::milliseconds kLong{60'000};
  static constexpr std::chrono::milliseconds kShort{200};

  void SetUp() override {
    leases_ = GetParam()();
    a_ = leases_->Open();
    b_ = leases_->Open();
  }

  static NodeInfo Node(const std::string& name) {
    return {.node = name, .address = name + ":7070", .version = "1.2.3"};
  }
  // Who holds each shard, as the answer says: "aab", "-" = nobody.
  static std::string Holders(const Result<LeaseTable>& table) {
    if (!table.ok()) return table.status().ToString();
    std::string holders;
    for (const ShardLease& lease : table->shards) {
      const bool holds = !lease.node.empty() && lease.expires > table->now;
      holders += holds ? lease.node : "-";
    }
    return holders;
  }

  std::unique_ptr<LeasesUnderTest> leases_;
  std::unique_ptr<LeaseStore> a_;
  std::unique_ptr<LeaseStore> b_;
};

TEST_P(LeaseContract, TheFirstWhoAsksHasAllShards) {
  const auto table = a_->Renew(Node("a"), LeaseWish::kTake, kLong);

  ASSERT_TRUE(table.ok()) << table.status().ToString();
  EXPECT_EQ(Holders(table), "aaa");
  ASSERT_EQ(table->shards.size(), kLeasedShards);
  EXPECT_EQ(table->shards[1].shard, ShardId{1});
  EXPECT_EQ(table->shards[1].address, "a:7070");
  EXPECT_EQ(table->shards[1].expires, table->now + kLong);
}

TEST_P(LeaseContract, WhatIsHeldIsNotTaken) {
  ASSERT_TRUE(a_->Renew(Node("a"), LeaseWish::kTake, kLong).ok());

  EXPECT_EQ(Holders(b_->Renew(Node("b"), LeaseWish::kTake, kLong)), "aaa");
}

TEST_P(LeaseContract, ARenewalMovesTheEnd) {
  const auto first = a_->Renew(Node("a"), LeaseWish::kTake, kLong);
  leases_->Pass(std::chrono::milliseconds(20));

  const auto second = a_->Renew(Node("a"), LeaseWish::kKeep, kLong);

  EXPECT_EQ(Holders(second), "aaa");
  EXPECT_GE(second->shards[0].expires, first->shards[0].expires + std::chrono::milliseconds(20));
}

TEST_P(LeaseContract, WhatHasExpiredIsTakenByWhoAsksFirst) {
  ASSERT_TRUE(a_->Renew(Node("a"), LeaseWish::kTake, kShort).ok());
  leases_->Pass(kShort);

  EXPECT_EQ(Holders(b_->Renew(Node("b"), LeaseWish::kTake, kLong)), "bbb");
  EXPECT_EQ(Holders(a_->Renew(Node("a"), LeaseWish::kTake, kLong)), "bbb");
}

TEST_P(LeaseContract, AHolderMayRenewWhatHasExpiredAsLongAsNobodyTookIt) {
  ASSERT_TRUE(a_->Renew(Node("a"), LeaseWish::kTake, kShort).ok());
  leases_->Pass(kShort);

  EXPECT_EQ(Holders(a_->Renew(Node("a"), LeaseWish::kKeep, kLong)), "aaa");
}

TEST_P(LeaseContract, WhoOnlyKeepsTakesNothing) {
  EXPECT_EQ(Holders(a_->Renew(Node("a"), LeaseWish::kKeep, kLong)), "---");
}

TEST_P(LeaseContract, WhatIsGivenAwayIsFreeAtOnce) {
  ASSERT_TRUE(a_->Renew(Node("a"), LeaseWish::kTake, kLong).ok());

  ASSERT_TRUE(a_->Release(Node("a")).ok());

  const auto table = b_->Renew(Node("b"), LeaseWish::kTake, kLong);
  EXPECT_EQ(Holders(table), "bbb");
  ASSERT_EQ(table->nodes.size(), 1U);
  EXPECT_EQ(table->nodes[0].info.node, "b");
}

TEST_P(LeaseContract, GivingAwayTouchesNobodyElse) {
  ASSERT_TRUE(a_->Renew(Node("a"), LeaseWish::kTake, kLong).ok());

  ASSERT_TRUE(b_->Release(Node("b")).ok());

  EXPECT_EQ(Holders(a_->Renew(Node("a"), LeaseWish::kKeep, kLong)), "aaa");
}

TEST_P(LeaseContract, EveryNodeIsListedWithWhatItSaysOfItself) {
  ASSERT_TRUE(a_->Renew(Node("a"), LeaseWish::kTake, kLong).ok());

  const auto table = b_->Renew(Node("b"), LeaseWish::kTake, kLong);

  ASSERT_EQ(table->nodes.size(), 2U);
  EXPECT_EQ(table->nodes[0].info, Node("a"));
  EXPECT_EQ(table->nodes[1].info, Node("b"));
  EXPECT_LE(table->nodes[0].seen, table->nodes[1].seen);
}

TEST_P(LeaseContract, ANodeThatMovedIsReachedWhereItIsNow) {
  ASSERT_TRUE(a_->Renew(Node("a"), LeaseWish::kTake, kLong).ok());
  NodeInfo moved = Node("a");
  moved.address = "elsewhere:7171";

  const auto table = a_->Renew(moved, LeaseWish::kTake, kLong);

  EXPECT_EQ(table->shards[2].address, "elsewhere:7171");
  EXPECT_EQ(table->nodes[0].info.address, "elsewhere:7171");
}

}  // namespace saga::testing

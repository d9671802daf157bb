#include "participants/demo/load/flows.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <map>

#include "participants/demo/settings.h"
#include "shop/order/v1/orders.pb.h"

namespace saga::demo {
namespace {

shop::order::v1::PlaceOrder OrderOfFlow(const char* flow, std::int64_t number) {
  const Order order = FindFlow(flow)->order(number, "run-1", "ART-1");
  EXPECT_EQ(order.type, "shop.order.v1.PlaceOrder");
  shop::order::v1::PlaceOrder message;
  EXPECT_TRUE(message.ParseFromString(order.bytes));
  return message;
}

TEST(FlowsTest, OrderPayOrdersTheMixThatIsPromised) {
  std::map<std::string, int> cards;
  for (std::int64_t number = 1; number <= 1000; ++number) {
    ++cards[OrderOfFlow("order-pay", number).card()];
  }

  EXPECT_EQ(cards["paid"] + cards["paid-thrice"], 700);
  EXPECT_EQ(cards["refused"], 200);
  EXPECT_EQ(cards["silent"], 50);
  EXPECT_EQ(cards["late"], 50);
}

TEST(FlowsTest, ACheckoutOrdersOnePieceOfTheArticle) {
  const shop::order::v1::PlaceOrder order = OrderOfFlow("checkout", 7);

  ASSERT_EQ(order.lines_size(), 1);
  EXPECT_EQ(order.lines(0).sku(), "ART-1");
  EXPECT_EQ(order.lines(0).quantity(), 1);
}

TEST(FlowsTest, AThirdOfThePaidOrdersHasACouponThatHasExpired) {
  EXPECT_EQ(OrderOfFlow("post-payment", 3).coupon(), "");
  EXPECT_EQ(OrderOfFlow("post-payment", 4).coupon(), "GOOD-4");
  EXPECT_EQ(OrderOfFlow("post-payment", 5).coupon(), "OLD-5");
}

TEST(FlowsTest, AnUnknownFlowIsNone) { EXPECT_EQ(FindFlow("refund"), nullptr); }

class FeesTest : public ::testing::Test {
 protected:
  Result<std::vector<std::int64_t>> Read(const std::string& text) const {
    std::ofstream(file_) << text;
    return ReadFees(file_);
  }

  const std::string file_ = ::testing::TempDir() + "/fees-" + std::to_string(getpid());
};

TEST_F(FeesTest, AFeeALineIsReadAndCommentsAreLeftOut) {
  const auto fees = Read("# a comment\n100\n\n0\n42\n");

  ASSERT_TRUE(fees.ok());
  EXPECT_EQ(*fees, (std::vector<std::int64_t>{100, 0, 42}));
}

TEST_F(FeesTest, WhatIsNoFeeIsNamedWithItsLine) {
  for (const char* wrong : {"100\n-1\n", "100\n1.5\n", "100\nfree\n"}) {
    const auto fees = Read(wrong);
    ASSERT_FALSE(fees.ok()) << wrong;
    EXPECT_NE(fees.status().message().find(":2:"), std::string::npos) << fees.status().ToString();
  }
}

TEST_F(FeesTest, TheSeriesOfTheDemoCanBeRead) {
  const auto fees = ReadFees(std::string(SAGA_SOURCE_DIR) + "/deploy/demo/fees.txt");

  ASSERT_TRUE(fees.ok()) << fees.status().ToString();
  EXPECT_GT(fees->size(), 100U);
}

}  // namespace
}  // namespace saga::demo

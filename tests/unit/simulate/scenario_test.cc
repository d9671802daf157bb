#include "simulate/scenario.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/simulate/shop.h"

namespace saga::simulate {
namespace {

using ::testing::HasSubstr;

std::string Problem(const std::string& input, const std::map<std::string, std::string>& answers) {
  return Scenario::Make(
             {.definition = test::Shop(test::kOrder), .input = input, .answers = answers},
             test::ShopDescriptors())
      .status()
      .message();
}

TEST(ScenarioTest, WhatDoesNotFitIsNamed) {
  EXPECT_THAT(Problem(R"({"order": 1})", {}), HasSubstr("input: it is no shop.Order"));
  EXPECT_THAT(Problem("", {{"pay", "{}"}}), HasSubstr("there is no step 'pay'"));
  EXPECT_THAT(Problem("", {{"reserve/query", "{}"}}), HasSubstr("has no query"));
  EXPECT_THAT(Problem("", {{"reserve", R"({"idd": 1})"}}),
              HasSubstr("'reserve' is no shop.Answer"));
}

TEST(ScenarioTest, TheBusinessKeyIsMadeFromTheInput) {
  const auto scenario = test::ShopScenario(test::kOrder, {}, R"({"orderId": "o-1"})");
  EXPECT_EQ(scenario->business_key(), "o-1");
}

}  // namespace
}  // namespace saga::simulate

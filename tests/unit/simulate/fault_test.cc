#include "simulate/fault.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/simulate/shop.h"

namespace saga::simulate {
namespace {

using ::testing::HasSubstr;

constexpr const char* kAllKinds = R"(
- { id: reserve, try: { call: stock/Reserve }, confirm: { call: stock/Confirm },
    cancel: { call: stock/Release } }
- { id: authorize, call: pay/Authorize, reject_if: output.score > 9, async: { within: 1h },
    query: { call: pay/Ask, done_if: output.done }, undo: { call: pay/Void } }
- { id: cool_down, wait: 1h }
- { id: paid, signal: payment }
)";

TEST(FaultTest, EveryFaultIsReadBackFromItsOption) {
  const DefinitionRef definition = test::Shop(kAllKinds);
  for (const Fault& fault : AllFaults(*definition)) {
    const std::string option = ToOption(*definition, fault);
    const std::size_t space = option.find(' ');
    const Result<Fault> read = option.substr(0, space) == "--fail"
                                   ? ParseFail(*definition, option.substr(space + 1))
                                   : ParseTimeout(*definition, option.substr(space + 1));
    ASSERT_TRUE(read.ok()) << option << ": " << read.status().ToString();
    EXPECT_EQ(ToOption(*definition, *read), option);
    EXPECT_EQ(read->place, fault.place) << option;
  }
}

TEST(FaultTest, AllFaultsAreAtEveryOperationOfEveryKind) {
  const DefinitionRef definition = test::Shop(kAllKinds);
  std::set<std::string> places;
  for (const Fault& fault : AllFaults(*definition)) {
    places.insert(PlaceName(*definition, fault.place));
  }
  EXPECT_THAT(places, ::testing::UnorderedElementsAre(
                          "reserve", "reserve/confirm", "reserve/cancel", "authorize",
                          "authorize/query", "authorize/report", "authorize/undo", "paid"));
}

TEST(FaultTest, AReasonAndACountAreRead) {
  const DefinitionRef definition = test::Shop(test::kOrder);
  const Result<Fault> fault = ParseFail(*definition, "reserve/undo=NOT_FOUND:GONE*3");

  ASSERT_TRUE(fault.ok());
  EXPECT_EQ(fault->place.operation, Operation::kUndo);
  EXPECT_EQ(fault->code, StatusCode::kNotFound);
  EXPECT_EQ(fault->reason, "GONE");
  EXPECT_EQ(fault->times, 3U);
}

TEST(FaultTest, WhatCannotBeMeantIsToldWithWhatCan) {
  const DefinitionRef definition = test::Shop(kAllKinds);
  const auto fail = [&](const char* text) {
    return ParseFail(*definition, text).status().message();
  };
  const auto timeout = [&](const char* text) {
    return ParseTimeout(*definition, text).status().message();
  };
  EXPECT_THAT(fail("pay=UNAVAILABLE"), HasSubstr("the steps are reserve, authorize, cool_down"));
  EXPECT_THAT(fail("reserve/undo=UNAVAILABLE"), HasSubstr("reserve/confirm, reserve/cancel"));
  EXPECT_THAT(fail("reserve=SOLD_OUT"), HasSubstr("as FAILED_PRECONDITION:SOLD_OUT"));
  EXPECT_THAT(fail("reserve=OK"), HasSubstr("no gRPC code of a failure"));
  EXPECT_THAT(fail("reserve=declined"), HasSubstr("only a step with reject_if"));
  EXPECT_THAT(fail("reserve"), HasSubstr("is not STEP[/OP]=CODE"));
  EXPECT_THAT(fail("reserve=UNAVAILABLE*many"), HasSubstr("from 1 to 1000"));
  EXPECT_THAT(fail("paid=UNAVAILABLE"), HasSubstr("--timeout paid=did-not"));
  EXPECT_THAT(fail("cool_down=UNAVAILABLE"), HasSubstr("is a timer"));
  EXPECT_THAT(timeout("reserve=maybe"), HasSubstr("neither did nor did-not"));
  EXPECT_THAT(timeout("paid=did"), HasSubstr("did-not"));
}

}  // namespace
}  // namespace saga::simulate

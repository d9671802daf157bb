#include "definition/definition_conditions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "definition/loader.h"
#include "fake_descriptors.h"

namespace saga {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

class DefinitionConditionsTest : public ::testing::Test {
 protected:
  void Define(const std::string& steps) {
    const LoadedDefinition loaded =
        LoadDefinition("saga: s\nowner: o\ninput: shop.Order\nsteps:\n" + steps);
    definition_ = ToDefinition(loaded.document, "default", 1).value();
    outputs_.resize(definition_->steps.size());
  }
  ConditionScope Scope() const {
    return {.saga = saga_,
            .definition = *definition_,
            .input = input_,
            .business_key = key_,
            .outputs = outputs_,
            .now = TimePoint(std::chrono::seconds(100))};
  }

  const std::shared_ptr<test::ProtoTypes> types_ = test::ParseProto(test::kShopProto);
  const test::FakeDescriptors shop_ = test::ShopDescriptors();
  const DefinitionConditions conditions_{shop_};
  const SagaId saga_{"default", "s-1"};
  const std::string key_ = "k";
  const PayloadRef input_ = MakePayload(
      {PayloadEncoding::kProtobuf, "shop.Order", test::Bytes(types_, "shop.Order", "big: 5")});
  DefinitionRef definition_;
  std::vector<PayloadRef> outputs_;
};

TEST_F(DefinitionConditionsTest, AConditionReadsInputAnswersAndTime) {
  Define(
      "- { id: a, call: stock/Reserve, undo: none }\n"
      "- { id: b, call: stock/Reserve, undo: none, when: input.big + steps.a.seq > 6 }\n"
      "- { id: c, call: stock/Reserve, undo: none, when: \"saga.now > "
      "timestamp('1970-01-01T00:02:00Z')\" }\n");
  outputs_[0] = MakePayload({PayloadEncoding::kProtobuf, "shop.ReserveReply",
                             test::Bytes(types_, "shop.ReserveReply", "seq: 2")});

  EXPECT_TRUE(conditions_.When(Scope(), ToStep(1)).value());
  EXPECT_FALSE(conditions_.When(Scope(), ToStep(2)).value());
  outputs_[0] = nullptr;
  EXPECT_THAT(conditions_.When(Scope(), ToStep(1)).status().message(), HasSubstr("steps.a"));
}

TEST_F(DefinitionConditionsTest, LengthsAreOfTimersSignalsAndAsyncSteps) {
  Define(
      "- { id: a, wait: \"duration('1m')\" }\n- { id: b, signal: x, within: \"duration('2m')\" "
      "}\n- { id: c, call: stock/Reserve, undo: none, async: { within: \"input.big > 4 ? "
      "duration('3m') : duration('4m')\" } }\n");

  EXPECT_EQ(conditions_.Length(Scope(), ToStep(0)).value(), milliseconds(60'000));
  EXPECT_EQ(conditions_.Length(Scope(), ToStep(1)).value(), milliseconds(120'000));
  EXPECT_EQ(conditions_.Length(Scope(), ToStep(2)).value(), milliseconds(180'000));
}

TEST_F(DefinitionConditionsTest, VersionsWithOtherContentAreOtherConditions) {
  Define("- { id: a, call: stock/Reserve, undo: none, when: 'true' }\n");
  EXPECT_TRUE(conditions_.When(Scope(), ToStep(0)).value());

  Define("- { id: a, call: stock/Reserve, undo: none, when: 'false' }\n");

  EXPECT_FALSE(conditions_.When(Scope(), ToStep(0)).value());
}

}  // namespace
}  // namespace saga

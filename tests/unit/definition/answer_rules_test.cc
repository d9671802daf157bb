#include "definition/answer_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "definition/loader.h"
#include "fake_descriptors.h"

namespace saga {
namespace {

using ::testing::HasSubstr;

class AnswerRulesTest : public ::testing::Test {
 protected:
  // Of the one step.
  void Define(const std::string& step) {
    const LoadedDefinition loaded =
        LoadDefinition("saga: s\nowner: o\ninput: shop.Order\nsteps:\n- " + step + "\n");
    definition_ = ToDefinition(loaded.document, "default", 1).value();
  }
  AnswerRules::Reading Read(Operation operation, const std::string& type,
                            const std::string& answer) {
    const auto rules = AnswerRules::Compile(*definition_, ToStep(0), operation,
                                            test::HandleOf(types_, type), shop_);
    EXPECT_TRUE(rules.ok()) << rules.status().ToString();
    return (*rules)->Read(
        MakePayload({PayloadEncoding::kProtobuf, type, test::Bytes(types_, type, answer)}),
        {.saga = &saga_, .business_key = &key_, .input = input_, .outputs = &outputs_});
  }
  std::string TextOf(const AnswerRules::Reading& reading) const {
    return test::Text(types_, reading.output->type, reading.output->bytes);
  }

  const std::shared_ptr<test::ProtoTypes> types_ = test::ParseProto(test::kShopProto);
  const test::FakeDescriptors shop_ = test::ShopDescriptors();
  const SagaId saga_{"default", "s-1"};
  const std::string key_ = "k";
  const PayloadRef input_ = MakePayload(
      {PayloadEncoding::kProtobuf, "shop.Order", test::Bytes(types_, "shop.Order", "big: 5")});
  const std::vector<PayloadRef> outputs_{nullptr};
  DefinitionRef definition_;
};

TEST_F(AnswerRulesTest, WithoutRulesAnAnswerOfOkIsASuccess) {
  Define("{ id: a, call: stock/Reserve, undo: { call: stock/Release } }");
  const auto reading = Read(Operation::kAction, "shop.ReserveReply", "seq: 3");
  EXPECT_EQ(reading.outcome, CallOutcome::kSucceeded);
  EXPECT_EQ(TextOf(reading), "seq: 3");
  EXPECT_EQ(Read(Operation::kUndo, "shop.Done", "").outcome, CallOutcome::kSucceeded);
}

TEST_F(AnswerRulesTest, RejectIfReadsTheAnswerAndTheInput) {
  Define(
      "{ id: a, call: stock/Reserve, undo: { call: stock/Release }, reject_if: output.seq < "
      "input.big }");
  const auto no = Read(Operation::kAction, "shop.ReserveReply", "seq: 3");
  EXPECT_EQ(no.outcome, CallOutcome::kDeclined);
  EXPECT_EQ(TextOf(no), "seq: 3") << "it is kept: the undo may need it";
  EXPECT_EQ(no.failure.reason, "ANSWER_REJECTED");
  EXPECT_THAT(no.failure.message, HasSubstr("output.seq < input.big"));
  EXPECT_EQ(Read(Operation::kAction, "shop.ReserveReply", "seq: 5").outcome,
            CallOutcome::kSucceeded);
  EXPECT_EQ(Read(Operation::kUndo, "shop.Done", "").outcome, CallOutcome::kSucceeded)
      << "an undo is not judged";
}

TEST_F(AnswerRulesTest, AnAnswerThatCannotBeJudgedIsUnknown) {
  Define(
      "{ id: a, call: stock/Reserve, undo: { call: stock/Release }, reject_if: 10 / output.seq > "
      "1 }");
  const auto reading = Read(Operation::kAction, "shop.ReserveReply", "");
  EXPECT_EQ(reading.outcome, CallOutcome::kUnknown);
  EXPECT_EQ(reading.failure.reason, "EXPRESSION_FAILED");
}

TEST_F(AnswerRulesTest, AQueryKnowsDoneRejectedOrNeither) {
  Define(
      "{ id: a, call: stock/Reserve, undo: { call: stock/Release }, reject_if: output.seq == 9, "
      "query: { call: stock/Confirm, done_if: input.big == 5, "
      "output: { seq: 9 } } }");
  const auto judged = Read(Operation::kQuery, "shop.Done", "");
  EXPECT_EQ(judged.outcome, CallOutcome::kDeclined) << "what it learns is judged as an answer";
  EXPECT_EQ(TextOf(judged), "seq: 9");

  Define(
      "{ id: a, call: stock/Release, undo: none, query: { call: stock/Reserve, done_if: "
      "output.seq == 1, rejected_if: output.seq == 2, output: {} } }");
  EXPECT_EQ(Read(Operation::kQuery, "shop.ReserveReply", "seq: 1").outcome,
            CallOutcome::kSucceeded);
  EXPECT_EQ(Read(Operation::kQuery, "shop.ReserveReply", "seq: 1").output->type, "shop.Done");
  const auto refused = Read(Operation::kQuery, "shop.ReserveReply", "seq: 2");
  EXPECT_EQ(refused.outcome, CallOutcome::kRejected);
  EXPECT_EQ(refused.failure.code, StatusCode::kFailedPrecondition);
  const auto neither = Read(Operation::kQuery, "shop.ReserveReply", "seq: 3");
  EXPECT_EQ(neither.outcome, CallOutcome::kUnknown);
  EXPECT_EQ(neither.failure.code, StatusCode::kOk) << "it was answered";
}

}  // namespace
}  // namespace saga

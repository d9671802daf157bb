// Calls whose requests are built by the definition's mappings, with types from the registry.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/participants/caller_fixture.h"
#include "integration/participants/test_server.h"
#include "participants/mapped_calls.h"
#include "participants/registry_descriptors.h"

namespace saga::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Mapping Path(const std::string& expression) {
  return {.kind = Mapping::Kind::kExpression, .expression = expression};
}

Mapping Fields(std::vector<MappingField> fields) {
  return {.kind = Mapping::Kind::kFields, .fields = std::move(fields)};
}

// The fixture's registry is made after its compiler; this one is asked when a plan is made.
class MappedCallTest : public CallerFixture {
 protected:
  MappedCallTest()
      : CallerFixture([this](const ParticipantCall& call, const participants::CallTypes& types) {
          return participants::MappedCalls(descriptors_)(call, types);
        }) {
    EXPECT_TRUE(Register(Record("stock", server_.target())).ok());
  }

  static DefinitionRef WithMapping(Mapping with, const std::string& input_type = "") {
    Definition definition{
        .name_space = "default", .name = "order", .version = 1, .input_type = input_type};
    Step step{.id = "reserve"};
    step.action = {.participant = "stock", .method = "Reserve", .with = std::move(with)};
    step.undo = saga::Call{.participant = "stock",
                           .method = "Release",
                           .with = Fields({{"order_id", Path("steps.reserve.reservation_id")}})};
    definition.steps.push_back(step);
    return Definition::Make(std::move(definition)).value();
  }
  CallReplied Send(ParticipantCall call) {
    Inbox inbox;
    caller_.Call(std::move(call), inbox.Place());
    const auto replies = inbox.Await(1);
    return replies.empty() ? CallReplied() : replies[0];
  }
  static ParticipantCall CallWith(const DefinitionRef& definition, Payload input) {
    return {.saga = SagaId("default", "s-1"),
            .definition = definition,
            .idempotency_key = "k",
            .input = MakePayload(std::move(input)),
            .outputs = {nullptr}};
  }
  static std::string ReservationIn(const CallReplied& reply) {
    ::test::stock::v1::ReserveResponse answer;
    EXPECT_TRUE(answer.ParseFromString(reply.output->bytes)) << reply.failure.message;
    return answer.reservation_id();
  }

  TestServer server_;
  participants::RegistryDescriptors descriptors_{registry_};
};

TEST_F(MappedCallTest, AJsonInputIsMappedIntoTheRequest) {
  const auto definition = WithMapping(Fields(
      {{"order_id", Path("input.order.id")}, {"item", Fields({{"behaviour", Path("'ok'")}})}}));

  const CallReplied reply = Send(CallWith(
      definition, {.encoding = PayloadEncoding::kJson, .bytes = R"({"order": {"id": "o-42"}})"}));

  ASSERT_EQ(reply.outcome, CallOutcome::kSucceeded) << reply.failure.message;
  EXPECT_EQ(ReservationIn(reply), "r-o-42");
}

TEST_F(MappedCallTest, AProtobufInputAndAnEarlierAnswerAreMappedByTheirTypes) {
  const std::string type = "test.stock.v1.ReserveRequest";
  const auto definition = WithMapping(
      Fields({{"order_id", Path("input.order_id")}, {"item", Path("input.item")}}), type);
  const Payload input{.encoding = PayloadEncoding::kProtobuf, .type = type, .bytes = Behave("ok")};
  const CallReplied action = Send(CallWith(definition, input));
  ASSERT_EQ(action.outcome, CallOutcome::kSucceeded) << action.failure.message;

  ParticipantCall undo = CallWith(definition, input);
  undo.operation = Operation::kUndo;
  undo.outputs = {action.output};
  const CallReplied undone = Send(std::move(undo));

  ASSERT_EQ(undone.outcome, CallOutcome::kSucceeded) << undone.failure.message;
  EXPECT_EQ(ReservationIn(undone), "r-r-o-1");
}

TEST_F(MappedCallTest, ARequestThatCannotBeBuiltIsMisconfiguredAndNamesThePath) {
  const auto definition = WithMapping(Fields({{"order_id", Path("input.order.id")}}));

  const CallReplied reply =
      Send(CallWith(definition, {.encoding = PayloadEncoding::kJson, .bytes = R"({"order": 7})"}));

  EXPECT_EQ(reply.outcome, CallOutcome::kMisconfigured);
  EXPECT_THAT(reply.failure.message, HasSubstr("input.order.id"));
  EXPECT_EQ(server_.calls_seen(), 0);
}

TEST_F(MappedCallTest, AnAnswerThatMeansNoIsDeclinedAndKept) {
  Definition definition{.name_space = "default", .name = "order", .version = 1};
  Step step{.id = "reserve"};
  step.action = {.participant = "stock",
                 .method = "Reserve",
                 .with = Fields({{"order_id", Path("input.id")}}),
                 .reject_if = "output.reservation_id != 'r-good'"};
  step.undo = saga::Call{.participant = "stock", .method = "Release"};
  definition.steps.push_back(step);
  const DefinitionRef made = Definition::Make(std::move(definition)).value();
  const auto send = [&](const std::string& id) {
    return Send(CallWith(
        made, {.encoding = PayloadEncoding::kJson, .bytes = fmt::format(R"({{"id": "{}"}})", id)}));
  };

  const CallReplied bad = send("bad");

  EXPECT_EQ(bad.outcome, CallOutcome::kDeclined);
  EXPECT_EQ(ReservationIn(bad), "r-bad");
  EXPECT_EQ(bad.failure.reason, "ANSWER_REJECTED");
  EXPECT_EQ(send("good").outcome, CallOutcome::kSucceeded);
}

TEST_F(MappedCallTest, AMappingIntoAFieldThatIsNotThereNamesTheField) {
  const auto definition = WithMapping(Fields({{"order_number", Path("input.id")}}));

  const CallReplied reply =
      Send(CallWith(definition, {.encoding = PayloadEncoding::kJson, .bytes = R"({"id": "x"})"}));

  EXPECT_EQ(reply.outcome, CallOutcome::kMisconfigured);
  EXPECT_THAT(reply.failure.message, HasSubstr("order_number"));
}

TEST_F(MappedCallTest, TheRegistryTellsDefinitionsWhatThereIs) {
  EXPECT_TRUE(descriptors_.HasParticipant("default", "stock"));
  EXPECT_FALSE(descriptors_.HasParticipant("other", "stock"));
  EXPECT_THAT(descriptors_.ParticipantNames("default"), ElementsAre("stock"));
  EXPECT_TRUE(descriptors_.FindType("default", "test.stock.v1.Item").has_value());
  EXPECT_FALSE(descriptors_.FindType("default", "test.stock.v1.Box").has_value());
  const auto method = descriptors_.FindMethod("default", "stock", "Reserve");
  ASSERT_TRUE(method.ok());
  EXPECT_EQ(method->full_name, "test.stock.v1.Stock/Reserve");
  EXPECT_EQ(method->response.type->full_name(), "test.stock.v1.ReserveResponse");
  EXPECT_THAT(descriptors_.FindMethod("default", "stok", "Reserve").status().message(),
              HasSubstr("did you mean 'stock'"));
}

}  // namespace
}  // namespace saga::test

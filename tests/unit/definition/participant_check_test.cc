#include "definition/participant_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "definition/loader.h"
#include "definition/overlaid_descriptors.h"
#include "fake_descriptors.h"

namespace saga {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr const char* kProto = R"(
syntax = "proto3";
package v;
message Money { int64 units = 1; }
message Ask { string order_id = 1; int64 amount = 2; string note = 3; }
message Answer { string id = 1; Money held = 2; }
message State { string id = 1; bool over = 2; }
message Start { string id = 1; }
service Pay { rpc Charge(Ask) returns (Answer); rpc Void(Ask) returns (Answer);
  rpc Look(Ask) returns (State); }
)";

constexpr const char* kDefinition = R"(
saga: order
owner: team
input: v.Start
steps:
- { id: charge, call: pay/Charge, with: { order_id: input.id, amount: 5 },
    undo: { call: pay/Void, with: { order_id: input.id } } }
- { id: again, call: pay/Charge, with: { amount: steps.charge.held.units }, undo: none }
)";

// What is read of a query's answer has the name of a field of the call's.
constexpr const char* kQueried = R"(
saga: order
owner: team
input: v.Start
steps:
- { id: charge, call: pay/Charge, undo: { call: pay/Void },
    query: { call: pay/Look, done_if: output.over, output: { id: output.id } } }
)";

// What breaks when `from` is replaced in the participant's types.
Diagnostics Broken(const std::string& from, const std::string& to,
                   const char* source = kDefinition) {
  test::FakeDescriptors now;
  now.Add("pay", test::ParseProto(kProto), "v.Pay");
  std::string proto = kProto;
  const std::size_t at = proto.find(from);
  EXPECT_NE(at, proto.npos) << from;
  proto.replace(at, from.size(), to);
  const OverlaidDescriptors then(now, {.name_space = "default",
                                       .participant = "pay",
                                       .service = "v.Pay",
                                       .types = test::ServiceTypesOf(proto),
                                       .adapter = nullptr});
  const LoadedDefinition loaded = LoadDefinition(source);
  EXPECT_THAT(loaded.diagnostics, IsEmpty());
  return BrokenBy(loaded.document, "default", now, then, "pay");
}

TEST(ParticipantCheckTest, WhatIsAddedBreaksNothing) {
  EXPECT_THAT(Broken("string id = 1;", "string id = 1; string more = 7;"), IsEmpty());
  EXPECT_THAT(Broken("service Pay {", "service More { rpc X(Ask) returns (Ask); }\nservice Pay {"),
              IsEmpty());
}

TEST(ParticipantCheckTest, AMethodThatIsGoneIsNamedWithItsPlace) {
  const Diagnostics broken = Broken("rpc Void(Ask) returns (Answer);", "");
  ASSERT_THAT(broken, SizeIs(1));
  EXPECT_EQ(broken[0].code, "SAGA009");
  EXPECT_EQ(broken[0].path, "steps[0].undo.call");
}

TEST(ParticipantCheckTest, AStreamingMethodIsNoUnaryOne) {
  EXPECT_EQ(Broken("rpc Void(Ask) returns (Answer);", "rpc Void(Ask) returns (stream Answer);")
                .at(0)
                .code,
            "SAGA009");
}

TEST(ParticipantCheckTest, AFieldOfARequestThatIsGoneOrOfAnotherTypeIsNamed) {
  EXPECT_EQ(Broken("int64 amount = 2;", "").at(0).path, "steps[0].with.amount");
  EXPECT_EQ(Broken("int64 amount = 2;", "bool amount = 2;").at(0).code, "SAGA008");
}

TEST(ParticipantCheckTest, AFieldOfAnAnswerThatIsReadAndGoneIsNamed) {
  const Diagnostics broken = Broken("int64 units = 1;", "");
  ASSERT_THAT(broken, SizeIs(1));
  EXPECT_EQ(broken[0].path, "steps[1].with.amount");
}

// The registered types would still hold it.
TEST(ParticipantCheckTest, AnInputTypeThatIsGoneOrHasLostAFieldIsNamed) {
  const Diagnostics gone = Broken("message Start { string id = 1; }", "");
  ASSERT_FALSE(gone.empty());
  EXPECT_EQ(gone[0].path, "input");
  const Diagnostics field = Broken("message Start { string id = 1; }", "message Start {}");
  ASSERT_FALSE(field.empty());
  EXPECT_EQ(field[0].code, "SAGA007");
  EXPECT_EQ(field[0].path, "steps[0].with.order_id");
}

// Sagas in flight keep the bytes that were answered to them.
TEST(ParticipantCheckTest, AnswersThatWouldBeReadWronglyAreNamed) {
  for (const auto& to : {"int64 units = 2;", "sint64 units = 1;", "int32 units = 1;"}) {
    const Diagnostics broken = Broken("int64 units = 1;", to);
    ASSERT_THAT(broken, SizeIs(1)) << to;
    EXPECT_THAT(broken[0].message, HasSubstr("answers of step 'charge'")) << to;
    EXPECT_THAT(broken[0].message, HasSubstr("would be read wrongly: v.Money.units ")) << to;
    EXPECT_EQ(broken[0].path, "steps[0].call") << to;
  }
}

// The names and types are right, the bytes are not.
TEST(ParticipantCheckTest, RequestsThatWouldBeReadWronglyAreNamed) {
  const Diagnostics broken = Broken("string order_id = 1;", "string order_id = 4;");
  ASSERT_THAT(broken, SizeIs(2));
  EXPECT_EQ(broken[0].path, "steps[0].with");
  EXPECT_THAT(broken[0].message, HasSubstr("v.Ask.order_id has the number 4 instead of 1"));
  EXPECT_EQ(broken[1].path, "steps[0].undo.with");
}

TEST(ParticipantCheckTest, TheAnswersOfAQueryAreItsOwn) {
  const Diagnostics broken = Broken("bool over = 2;", "bool over = 5;", kQueried);
  ASSERT_THAT(broken, SizeIs(1));
  EXPECT_EQ(broken[0].path, "steps[0].query.call");
  EXPECT_THAT(Broken("string id = 1; Money", "string id = 5; Money", kQueried), IsEmpty());
}

TEST(ParticipantCheckTest, WhatTheDefinitionDoesNotUseMayChange) {
  EXPECT_THAT(Broken("string id = 1; Money", "int64 other = 1; Money"), IsEmpty());
  EXPECT_THAT(Broken("string note = 3;", "int64 note = 9;"), IsEmpty());
  EXPECT_THAT(Broken("string note = 3;", ""), IsEmpty());
}

TEST(ParticipantCheckTest, OnlyCallersUseAParticipant) {
  const LoadedDefinition loaded = LoadDefinition(kDefinition);
  EXPECT_TRUE(Uses(loaded.document, "pay"));
  EXPECT_FALSE(Uses(loaded.document, "stock"));
}

}  // namespace
}  // namespace saga

#include "api/validation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/core/limits.h"

namespace saga::api {
namespace {

using ::testing::HasSubstr;
using namespace std::chrono_literals;

std::vector<std::string> FieldsOf(const Status& status) {
  std::vector<std::string> fields;
  for (const auto& violation : status.violations()) fields.push_back(violation.field);
  return fields;
}

TEST(ValidationTest, AllWrongFieldsOfAStartAreNamedAtOnce) {
  v1::StartSagaRequest request;
  request.set_saga_id("odd id");
  request.set_business_key(std::string(300, 'k'));
  request.mutable_input()->set_protobuf("x");
  (*request.mutable_labels())["region"] = std::string("e\0u", 3);
  request.mutable_deadline()->set_seconds(-1);

  const Status status = CheckStartRequest(request);

  EXPECT_EQ(status.reason(), "FIELD_INVALID");
  EXPECT_THAT(FieldsOf(status),
              ::testing::UnorderedElementsAre("saga_id", "business_key", "input.type",
                                              "labels[region]", "deadline"));
}

TEST(ValidationTest, AnOrdinaryStartIsFine) {
  v1::StartSagaRequest request;
  request.set_saga_id("ord-1007");
  request.mutable_input()->set_json("{}");
  (*request.mutable_labels())["region"] = "eu";
  request.mutable_deadline()->set_seconds(60);

  EXPECT_TRUE(CheckStartRequest(request).ok());
}

TEST(ValidationTest, AnOversizePayloadIsRefusedWithTheLimit) {
  v1::Payload payload;
  payload.set_json(std::string(kPayloadBytesMax + 1, ' '));

  const Status status = CheckPayload("input", payload);

  EXPECT_THAT(status.message(), HasSubstr("input.json: has 1048577 bytes; at most 1048576"));
}

TEST(ValidationTest, TooManyLabelsAreRefused) {
  v1::StartSagaRequest request;
  for (int i = 0; i < 33; ++i) (*request.mutable_labels())["k" + std::to_string(i)] = "v";

  EXPECT_THAT(CheckStartRequest(request).message(), HasSubstr("33 labels; at most 32"));
}

TEST(ValidationTest, AShortReasonHelpsNobody) {
  EXPECT_THAT(CheckReason("context.reason", "fix").message(), HasSubstr("at least 8"));
  EXPECT_TRUE(CheckReason("context.reason", "stock corrected").ok());
  EXPECT_FALSE(CheckReason("context.reason", std::string(1001, 'r')).ok());
}

TEST(ValidationTest, AnActionNeedsAnEtagUnlessItIsForcedOrADryRun) {
  v1::ActionContext context;
  context.set_reason("stock corrected");
  EXPECT_EQ(FieldsOf(ReadActionContext(context).status()),
            std::vector<std::string>{"context.etag"});

  context.set_etag("r11");
  EXPECT_EQ(**ReadActionContext(context), Revision{11});

  context.set_force(true);
  EXPECT_EQ(*ReadActionContext(context), std::nullopt);

  context.set_etag("11");
  EXPECT_FALSE(ReadActionContext(context).ok());
}

TEST(ValidationTest, DurationsAreRoundedUpToMilliseconds) {
  google::protobuf::Duration duration;
  duration.set_nanos(1);
  EXPECT_EQ(*ReadDuration("deadline", duration, 1h), 1ms);
  duration.set_seconds(3601);
  EXPECT_FALSE(ReadDuration("deadline", duration, 1h).ok());
  duration.set_seconds(INT64_MAX);
  EXPECT_FALSE(ReadDuration("deadline", duration, 1h).ok());
}

TEST(ValidationTest, PageSizesAreCoerced) {
  EXPECT_EQ(*ReadPageSize(0, 50), 50U);
  EXPECT_EQ(*ReadPageSize(5000, 50), 1000U);
  EXPECT_FALSE(ReadPageSize(-1, 50).ok());
}

}  // namespace
}  // namespace saga::api

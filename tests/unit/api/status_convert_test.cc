#include "api/status_convert.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/limits.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace saga::api {
namespace {

using ::testing::HasSubstr;

template <typename Detail>
std::optional<Detail> DetailOf(const grpc::Status& status) {
  google::rpc::Status proto;
  EXPECT_TRUE(proto.ParseFromString(status.error_details()));
  for (const auto& any : proto.details()) {
    Detail detail;
    if (any.UnpackTo(&detail)) return detail;
  }
  return std::nullopt;
}

TEST(StatusConvertTest, EveryErrorCarriesItsReasonInTheDomainOfSagad) {
  const grpc::Status status = ToGrpcStatus(
      Status(StatusCode::kAborted, "ETAG_MISMATCH", "changed").WithMetadata("current_etag", "r7"));

  const auto info = DetailOf<google::rpc::ErrorInfo>(status);

  EXPECT_EQ(status.error_code(), grpc::StatusCode::ABORTED);
  ASSERT_TRUE(info);
  EXPECT_EQ(info->domain(), "sagad");
  EXPECT_EQ(info->reason(), "ETAG_MISMATCH");
  EXPECT_EQ(info->metadata().at("current_etag"), "r7");
}

TEST(StatusConvertTest, WrongFieldsAreABadRequest) {
  const grpc::Status status = ToGrpcStatus(InvalidField("context.reason", "is too short"));

  const auto bad = DetailOf<google::rpc::BadRequest>(status);

  ASSERT_TRUE(bad);
  ASSERT_EQ(bad->field_violations_size(), 1);
  EXPECT_EQ(bad->field_violations(0).field(), "context.reason");
}

TEST(StatusConvertTest, OverloadSaysWhenToTryAgain) {
  const grpc::Status status =
      ToGrpcStatus(Status(StatusCode::kResourceExhausted, "OVERLOADED", "full")
                       .WithMetadata(std::string(kRetryAfterKey), "1500"));

  const auto retry = DetailOf<google::rpc::RetryInfo>(status);

  ASSERT_TRUE(retry);
  EXPECT_EQ(retry->retry_delay().seconds(), 1);
  EXPECT_EQ(retry->retry_delay().nanos(), 500'000'000);
  EXPECT_FALSE(DetailOf<google::rpc::RetryInfo>(ToGrpcStatus(InternalError("x"))));
}

TEST(StatusConvertTest, AMissingResourceIsNamed) {
  const grpc::Status status =
      ToGrpcStatus(NotFound("SAGA_NOT_FOUND", "namespaces/default/sagas/x", "no saga 'x'"));

  const auto resource = DetailOf<google::rpc::ResourceInfo>(status);

  ASSERT_TRUE(resource);
  EXPECT_EQ(resource->resource_type(), "saga");
  EXPECT_EQ(resource->resource_name(), "namespaces/default/sagas/x");
}

TEST(StatusConvertTest, DetailsNeverOutgrowTheTrailers) {
  Status many = InvalidField("labels", std::string(5000, 'x'));
  for (int i = 0; i < 500; ++i) {
    many = std::move(many).WithField("labels", std::string(100, 'y'));
  }

  const grpc::Status status = ToGrpcStatus(many);

  EXPECT_LT(status.error_details().size() + status.error_message().size(), 8000U);
  EXPECT_TRUE(DetailOf<google::rpc::ErrorInfo>(status));
}

TEST(StatusConvertTest, AStatusSurvivesTheWayThereAndBack) {
  const Status sent = InvalidField("saga_id", "has odd characters");

  const Status received = FromGrpcStatus(ToGrpcStatus(sent));

  EXPECT_EQ(received.code(), sent.code());
  EXPECT_EQ(received.reason(), sent.reason());
  EXPECT_EQ(received.message(), sent.message());
  EXPECT_EQ(received.violations(), sent.violations());
  EXPECT_TRUE(FromGrpcStatus(grpc::Status::OK).ok());
}

TEST(StatusConvertTest, TextThatIsNotUtf8IsMended) {
  const grpc::Status status =
      ToGrpcStatus(Status(StatusCode::kInternal, "INTERNAL", "bad \xFF byte"));

  EXPECT_THAT(status.error_message(), HasSubstr("\xEF\xBF\xBD"));
}

}  // namespace
}  // namespace saga::api

#include "participants/sdk/failure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "participants/sdk/grpc_call.h"

namespace saga::sdk {
namespace {

const Status kNo =
    Status(StatusCode::kFailedPrecondition, "OUT_OF_STOCK", "no 'A' left").WithMetadata("sku", "A");

TEST(FailureTest, AStoredNoComesBackWithItsReasonAndMetadata) {
  const Status decoded = DecodeFailure(EncodeFailure(kNo, "shop.example"));

  EXPECT_EQ(decoded.code(), StatusCode::kFailedPrecondition);
  EXPECT_EQ(decoded.reason(), "OUT_OF_STOCK");
  EXPECT_EQ(decoded.message(), "no 'A' left");
  EXPECT_THAT(decoded.metadata(), testing::ElementsAre(testing::Pair("sku", "A")));
}

TEST(FailureTest, BytesThatAreNoStatusAreAFailureAndNoNo) {
  for (const char* bytes : {"", "\xff\xff", "\x08\x63"}) {
    const Status decoded = DecodeFailure(bytes);
    EXPECT_EQ(decoded.reason(), "BARRIER_REPLY_INVALID");
    EXPECT_FALSE(IsRejection(decoded.code()));
  }
}

TEST(FailureTest, OnTheWireANoCarriesErrorInfo) {
  const grpc::Status status = ToGrpcStatus(kNo, "shop.example");

  EXPECT_EQ(status.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  google::rpc::Status details;
  ASSERT_TRUE(details.ParseFromString(status.error_details()));
  google::rpc::ErrorInfo info;
  ASSERT_EQ(details.details_size(), 1);
  ASSERT_TRUE(details.details(0).UnpackTo(&info));
  EXPECT_EQ(info.reason(), "OUT_OF_STOCK");
  EXPECT_EQ(info.domain(), "shop.example");
}

TEST(FailureTest, OnlyTheCodesThatSagadTakesForANoAreOne) {
  EXPECT_TRUE(IsRejection(StatusCode::kFailedPrecondition));
  EXPECT_TRUE(IsRejection(StatusCode::kAlreadyExists));
  EXPECT_FALSE(IsRejection(StatusCode::kAborted));
  EXPECT_FALSE(IsRejection(StatusCode::kUnavailable));
  EXPECT_FALSE(IsRejection(StatusCode::kPermissionDenied));
}

}  // namespace
}  // namespace saga::sdk

#include "api/start_saga.h"

#include <gtest/gtest.h>

namespace saga::api {
namespace {

v1::StartSagaRequest Request() {
  v1::StartSagaRequest request;
  request.set_definition("order");
  request.mutable_input()->set_json("{}");
  request.set_business_key("k");
  (*request.mutable_labels())["a"] = "1";
  (*request.mutable_labels())["b"] = "2";
  return request;
}

TEST(StartDigestTest, OnlyTheBodyCounts) {
  v1::StartSagaRequest other = Request();
  other.set_saga_id("ord-1");
  other.set_wait_until(v1::WAIT_UNTIL_END);

  EXPECT_EQ(StartDigest(Request()), StartDigest(other));
}

TEST(StartDigestTest, EveryPartOfTheBodyCounts) {
  std::vector<v1::StartSagaRequest> others(6, Request());
  others[0].set_definition("order@1");
  others[1].mutable_input()->set_json("{ }");
  others[2].mutable_input()->set_protobuf("{}");
  others[3].set_business_key("K");
  (*others[4].mutable_labels())["a"] = "2";
  others[5].mutable_labels()->erase("b");

  for (const v1::StartSagaRequest& other : others) {
    EXPECT_NE(StartDigest(Request()), StartDigest(other)) << other.ShortDebugString();
  }
}

TEST(StartDigestTest, PartsCannotFlowIntoEachOther) {
  v1::StartSagaRequest left;
  left.set_definition("ab");
  v1::StartSagaRequest right;
  right.set_definition("a");
  right.mutable_input()->set_type("b");

  EXPECT_NE(StartDigest(left), StartDigest(right));
}

}  // namespace
}  // namespace saga::api

#include "definition/offline_descriptors.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

namespace saga {
namespace {

using ::testing::HasSubstr;

constexpr const char* kShop = R"(
  file {
    name: "shop.proto" package: "shop" syntax: "proto3" message_type { name: "A" }
    message_type { name: "B" }
    service { name: "Payments"
              method { name: "Take" input_type: ".shop.A" output_type: ".shop.B" }
              method { name: "Undo" input_type: ".shop.A" output_type: ".shop.B" } }
    service { name: "Stock"
              method { name: "Reserve" input_type: ".shop.A" output_type: ".shop.B" }
              method { name: "Undo" input_type: ".shop.B" output_type: ".shop.A" } }
  })";

OfflineDescriptors Shop() {
  google::protobuf::FileDescriptorSet set;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(kShop, &set));
  OfflineDescriptors descriptors;
  EXPECT_TRUE(descriptors.Add(set.SerializeAsString()).ok());
  return descriptors;
}

TEST(OfflineDescriptorsTest, AMethodThatOnlyOneServiceHasNeedsNoService) {
  const auto method = Shop().FindMethod("n", "anybody", "Reserve");

  ASSERT_TRUE(method.ok());
  EXPECT_EQ(method->full_name, "shop.Stock/Reserve");
  EXPECT_EQ(method->request.type->full_name(), "shop.A");
  EXPECT_EQ(method->response.type->full_name(), "shop.B");
}

TEST(OfflineDescriptorsTest, AMethodOfSeveralIsTheOneOfTheServiceNamedAsTheParticipant) {
  EXPECT_EQ(Shop().FindMethod("n", "stock", "Undo")->full_name, "shop.Stock/Undo");
  EXPECT_EQ(Shop().FindMethod("n", "x", "shop.Payments/Undo")->full_name, "shop.Payments/Undo");
  EXPECT_THAT(Shop().FindMethod("n", "x", "Undo").status().message(),
              HasSubstr("participants: { x: { service: … } }"));
}

TEST(OfflineDescriptorsTest, WhatIsNotThereIsToldWithWhatIs) {
  EXPECT_THAT(Shop().FindMethod("n", "x", "Reserv").status().message(), HasSubstr("'Reserve'?"));
  EXPECT_THAT(OfflineDescriptors().FindMethod("n", "x", "a.B/C").status().message(),
              HasSubstr("there are no descriptors"));
  EXPECT_FALSE(Shop().FindType("n", "shop.C").has_value());
  EXPECT_EQ(Shop().FindType("n", "shop.A")->type->full_name(), "shop.A");
  OfflineDescriptors broken;
  EXPECT_FALSE(broken.Add("no set").ok());
}

}  // namespace
}  // namespace saga

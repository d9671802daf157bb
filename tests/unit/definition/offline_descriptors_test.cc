#include "definition/offline_descriptors.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include "definition/checker.h"

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

// protobuf knows the option by name from 22 on; descriptors of a newer compiler carry its number.
TEST(OfflineDescriptorsTest, ARedactedFieldIsFoundInTypesOfANewerCompiler) {
  google::protobuf::FileDescriptorSet set;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(kShop, &set));
  google::protobuf::FieldDescriptorProto& field =
      *set.mutable_file(0)->mutable_message_type(0)->add_field();
  field.set_name("card");
  field.set_number(1);
  field.set_type(google::protobuf::FieldDescriptorProto::TYPE_STRING);
  field.mutable_options()->mutable_unknown_fields()->AddVarint(16, 1);
  OfflineDescriptors descriptors;
  ASSERT_TRUE(descriptors.Add(set.SerializeAsString()).ok());
  const LoadedDefinition loaded = LintDefinition(
      "saga: s\nowner: o\ninput: shop.A\nevents: { publish: full }\n"
      "steps: [ { id: a, call: stock/Reserve, undo: none } ]\n",
      DefinitionFormat::kYaml, "n", descriptors);

  ASSERT_EQ(loaded.diagnostics.size(), 1U);
  EXPECT_EQ(loaded.diagnostics[0].code, "SAGA024");
  EXPECT_THAT(loaded.diagnostics[0].message, HasSubstr("input.card"));
}

}  // namespace
}  // namespace saga

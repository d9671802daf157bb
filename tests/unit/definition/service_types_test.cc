#include "definition/service_types.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

namespace saga {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kStock = R"(
  file {
    name: "shop/stock.proto" package: "shop.v1" syntax: "proto3"
    dependency: "shop/item.proto" dependency: "google/protobuf/timestamp.proto"
    service {
      name: "Stock"
      method { name: "Reserve" input_type: ".shop.v1.Item" output_type: ".shop.v1.Item" }
      method { name: "Release" input_type: ".shop.v1.Item" output_type: ".google.protobuf.Timestamp" }
      method { name: "Watch" input_type: ".shop.v1.Item" output_type: ".shop.v1.Item"
               server_streaming: true }
    }
  }
  file {
    name: "shop/item.proto" package: "shop.v1" syntax: "proto3"
    message_type { name: "Item" field { name: "sku" number: 1 type: TYPE_STRING label: LABEL_OPTIONAL } }
  })";

constexpr const char* kHealth = R"(
  file {
    name: "h.proto" package: "grpc.health.v1" syntax: "proto3" message_type { name: "Q" }
    service { name: "Health"
              method { name: "Check" input_type: ".grpc.health.v1.Q" output_type: ".grpc.health.v1.Q" } }
  })";

std::string SetOf(const std::string& text) {
  google::protobuf::FileDescriptorSet set;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &set));
  return set.SerializeAsString();
}

std::string ErrorOf(const std::string& text) {
  const auto types = ServiceTypes::FromSet(SetOf(text));
  EXPECT_FALSE(types.ok());
  return types.ok() ? "" : types.status().violations()[0].description;
}

TEST(ServiceTypesTest, FilesInAnyOrderAndWellKnownImportsAreUnderstood) {
  const auto types = ServiceTypes::FromSet(SetOf(std::string(kStock) + kHealth));

  ASSERT_TRUE(types.ok()) << types.status().ToString();
  EXPECT_THAT((*types)->methods(), ElementsAre("shop.v1.Stock/Release", "shop.v1.Stock/Reserve"));
  EXPECT_EQ((*types)->OnlyService(), "shop.v1.Stock");
}

TEST(ServiceTypesTest, AMethodIsFoundByItsNameInTheDefaultServiceOrByItsFullName) {
  const auto types = ServiceTypes::FromSet(SetOf(kStock));
  ASSERT_TRUE(types.ok());

  const auto by_name = (*types)->FindMethod("Reserve", "shop.v1.Stock");
  const auto by_full_name = (*types)->FindMethod("shop.v1.Stock/Reserve", "");

  ASSERT_TRUE(by_name.ok());
  ASSERT_TRUE(by_full_name.ok());
  EXPECT_EQ(*by_name, *by_full_name);
  EXPECT_EQ((*by_name)->input_type()->full_name(), "shop.v1.Item");
}

TEST(ServiceTypesTest, AWrongMethodIsRefusedWithWhatWasMeant) {
  const auto types = ServiceTypes::FromSet(SetOf(kStock));
  ASSERT_TRUE(types.ok());

  EXPECT_THAT((*types)->FindMethod("Reserv", "shop.v1.Stock").status().message(),
              HasSubstr("did you mean 'shop.v1.Stock/Reserve'"));
  EXPECT_THAT((*types)->FindMethod("Reserve", "").status().message(), HasSubstr("no service"));
  EXPECT_EQ((*types)->FindMethod("Watch", "shop.v1.Stock").status().reason(), "FIELD_INVALID");
}

TEST(ServiceTypesTest, AMissingImportIsNamedWithTheRemedy) {
  const std::string error = ErrorOf(R"(
    file { name: "a.proto" syntax: "proto3" dependency: "shop/money.proto" })");

  EXPECT_THAT(error, HasSubstr("'a.proto' imports 'shop/money.proto'"));
  EXPECT_THAT(error, HasSubstr("--include_imports"));
}

TEST(ServiceTypesTest, FilesThatImportEachOtherAreRefused) {
  EXPECT_THAT(ErrorOf(R"(file { name: "a.proto" dependency: "b.proto" }
                         file { name: "b.proto" dependency: "a.proto" })"),
              HasSubstr("imports itself"));
}

TEST(ServiceTypesTest, AnInconsistentSetIsRefusedWithThePlace) {
  EXPECT_THAT(ErrorOf(R"(
    file { name: "a.proto" package: "p" syntax: "proto3"
           service { name: "S" method { name: "M" input_type: ".p.Gone" output_type: ".p.Gone" } } })"),
              HasSubstr("a.proto"));
}

TEST(ServiceTypesTest, BytesThatAreNoSetAreRefused) {
  EXPECT_EQ(ServiceTypes::FromSet("\xff\xff\xff not a set").status().reason(), "FIELD_INVALID");
}

TEST(ServiceTypesTest, TwoServicesHaveNoDefault) {
  const auto types = ServiceTypes::FromSet(SetOf(R"(
    file { name: "a.proto" package: "p" syntax: "proto3" service { name: "A" } service { name: "B" } })"));

  ASSERT_TRUE(types.ok());
  EXPECT_THAT((*types)->OnlyService(), IsEmpty());
  EXPECT_THAT((*types)->services(), ElementsAre("p.A", "p.B"));
}

TEST(ServiceTypesTest, TheSameTypesFromAnotherToolAreTheSame) {
  const auto stock = ServiceTypes::FromSet(SetOf(kStock));
  std::string other = kStock;
  other.replace(other.find("syntax:"), 0, "options { go_package: \"shop\" } source_code_info {} ");
  other += kHealth;
  const auto same = ServiceTypes::FromSet(SetOf(other));
  other.replace(other.find("name: \"sku\" number: 1"), 21, "name: \"sku\" number: 2");
  const auto changed = ServiceTypes::FromSet(SetOf(other));
  ASSERT_TRUE(stock.ok() && same.ok() && changed.ok());

  EXPECT_TRUE(AreSame(**stock, **same));
  EXPECT_FALSE(AreSame(**stock, **changed));
}

}  // namespace
}  // namespace saga

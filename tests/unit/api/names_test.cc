#include "api/names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace saga::api {
namespace {

using ::testing::HasSubstr;

TEST(NamesTest, ABareSagaIdMeansTheDefaultNamespace) {
  EXPECT_EQ(ParseSagaName("name", "ord-1007")->text(), "default/ord-1007");
  EXPECT_EQ(ParseSagaName("name", "namespaces/shop/sagas/ord-1007")->text(), "shop/ord-1007");
}

TEST(NamesTest, OddNamesAreRefusedWithTheirField) {
  for (const char* text :
       {"", "a b", "a/b", "namespaces/shop/sagas/", "namespaces//sagas/x", "sagas/x",
        "namespaces/shop/definitions/x", "namespaces/shop/sagas/x/y", "ord\n1"}) {
    const Result<SagaId> parsed = ParseSagaName("name", text);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_EQ(parsed.status().reason(), "FIELD_INVALID");
    EXPECT_EQ(parsed.status().violations().at(0).field, "name");
  }
  EXPECT_FALSE(ParseSagaName("name", std::string(64, 'x')).ok());
}

TEST(NamesTest, ADefinitionIsNamedInThreeWays) {
  EXPECT_EQ(*ParseDefinitionName("definition", "checkout", "shop"),
            (DefinitionName{"shop", "checkout", std::nullopt}));
  EXPECT_EQ(*ParseDefinitionName("definition", "checkout@7", "shop"),
            (DefinitionName{"shop", "checkout", 7}));
  EXPECT_EQ(*ParseDefinitionName("definition", "namespaces/a/definitions/checkout/versions/7"),
            (DefinitionName{"a", "checkout", 7}));
  EXPECT_EQ(*ParseDefinitionName("definition", "namespaces/a/definitions/checkout"),
            (DefinitionName{"a", "checkout", std::nullopt}));
}

TEST(NamesTest, AVersionIsAPositiveNumber) {
  for (const char* text : {"checkout@", "checkout@0", "checkout@x", "checkout@1x", "@1",
                           "namespaces/a/definitions/b/versions/", "checkout@99999999999"}) {
    EXPECT_FALSE(ParseDefinitionName("definition", text).ok()) << text;
  }
}

TEST(NamesTest, ParentsAreNamespaces) {
  EXPECT_EQ(*ParseParent("parent", ""), "default");
  EXPECT_EQ(*ParseParent("parent", "namespaces/shop"), "shop");
  EXPECT_THAT(ParseParent("parent", "shop").status().message(),
              HasSubstr("namespaces/{namespace}"));
  EXPECT_EQ(ParseDefinitionParent("parent", "namespaces/a/definitions/b")->definition, "b");
}

TEST(NamesTest, NamesAreWrittenAsTheyAreRead) {
  EXPECT_EQ(SagaName(SagaId("shop", "x")), "namespaces/shop/sagas/x");
  EXPECT_EQ(ToString(DefinitionName{"shop", "checkout", 7}),
            "namespaces/shop/definitions/checkout/versions/7");
  EXPECT_EQ(ToString(ParticipantName{"shop", "pay"}), "namespaces/shop/participants/pay");
}

}  // namespace
}  // namespace saga::api

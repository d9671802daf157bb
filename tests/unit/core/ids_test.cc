#include "orchestrator/core/ids.h"

#include <gtest/gtest.h>

#include <string>

#include "orchestrator/core/saga.h"

namespace saga {
namespace {

TEST(SagaIdTest, KeepsNamespaceAndIdApart) {
  const SagaId saga("shop", "ord-1");
  EXPECT_EQ(saga.text(), "shop/ord-1");
  EXPECT_EQ(saga.name_space(), "shop");
  EXPECT_EQ(saga.id(), "ord-1");
  EXPECT_EQ(SagaId::FromText("shop/ord-1"), saga);
}

TEST(SagaIdTest, RefusesOddCharactersAndLengths) {
  EXPECT_TRUE(SagaId::Parse("default", "A-z_0.9").ok());
  EXPECT_TRUE(SagaId::Parse("default", std::string(63, 'a')).ok());
  for (const std::string& id :
       {std::string(), std::string(64, 'a'), std::string("a/b"), std::string("a b"),
        std::string("ä"), std::string("a\0b", 3), std::string("a:b")}) {
    const auto parsed = SagaId::Parse("default", id);
    ASSERT_FALSE(parsed.ok()) << id;
    EXPECT_EQ(parsed.status().violations().front().field, "saga_id");
  }
}

TEST(ShardTest, TheShardOfASagaNeverChanges) {
  EXPECT_EQ(ToNumber(ShardOf(SagaId("default", "ord-1"), 1)), 0);
  EXPECT_EQ(ShardOf(SagaId("default", "ord-1"), 8), ShardOf(SagaId("default", "ord-1"), 8));
}

TEST(IdempotencyKeyTest, NamesClusterSagaStepAndOperation) {
  Step step;
  step.id = "authorize";
  const SagaId saga("shop", "ord-1");
  EXPECT_EQ(IdempotencyKey("prod", saga, step, Operation::kUndo, 0),
            "prod/shop/ord-1:authorize:undo");
  EXPECT_EQ(IdempotencyKey("prod", saga, step, Operation::kUndo, 2),
            "prod/shop/ord-1:authorize:undo#2");
}

}  // namespace
}  // namespace saga

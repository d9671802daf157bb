#include "api/saga_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace saga::api {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(SagaViewTest, ALiveSagaThatCannotBeReadSaysWhyAndCanOnlyBeResolved) {
  Definition gone;
  gone.name_space = "default";
  gone.name = "checkout";
  gone.version = 7;
  Saga saga;
  saga.id = {"default", "a"};
  saga.definition = std::make_shared<const Definition>(gone);
  saga.input = EmptyPayload();
  saga.unreadable = "NOT_FOUND DEFINITION_NOT_FOUND: definition 'checkout@7' is not registered";

  v1::Saga proto;
  ToProto(saga, View::kSteps, {}, proto);

  EXPECT_EQ(proto.health(), v1::Saga::HEALTH_STUCK);
  EXPECT_EQ(proto.attention().reason(), "SAGA_UNREADABLE");
  EXPECT_THAT(proto.attention().summary(), HasSubstr("checkout@7"));
  EXPECT_THAT(proto.attention().allowed_actions(), ElementsAre("resolve"));
}

}  // namespace
}  // namespace saga::api

#include "support/kafka.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace saga::test {
namespace {

class RealKafkaTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!RealKafka::IsAvailable()) GTEST_SKIP() << "run without Kafka";
  }
};

TEST_F(RealKafkaTest, TopicsSurviveAHardKill) {
  RealKafka kafka;
  if (!kafka.IsOwn()) GTEST_SKIP() << "the broker is not ours to stop";
  kafka.CreateTopic("orders", 2);

  kafka.KillHard();
  kafka.Start();

  // It is still there, so it cannot be made again.
  EXPECT_THROW(kafka.CreateTopic("orders", 2), std::runtime_error);
  kafka.CreateTopic("others", 1);
}

}  // namespace
}  // namespace saga::test

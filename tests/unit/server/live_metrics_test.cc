#include "server/live_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/metrics.h"

namespace saga::server {
namespace {

using ::testing::HasSubstr;

TEST(LiveMetricsTest, WhatHasGoneIsShownAsZero) {
  LiveMetrics metrics;
  Census census;
  census.sagas[{"order", SagaState::kRunning, SagaHealth::kStuck}] = 3;
  census.oldest_live["order"] = FromMicros(7'500'000);
  census.oldest_stuck["order"] = FromMicros(9'000'000);
  metrics.Show(census);
  const std::string stuck = R"(sagad_sagas{definition="order",health="STUCK",state="RUNNING"} )";
  EXPECT_THAT(RenderMetrics(), HasSubstr(stuck + "3\n"));
  EXPECT_THAT(RenderMetrics(),
              HasSubstr("sagad_oldest_running_saga_timestamp_seconds{definition=\"order\"} 7.5\n"));
  EXPECT_THAT(RenderMetrics(),
              HasSubstr("sagad_oldest_stuck_saga_timestamp_seconds{definition=\"order\"} 9\n"));

  metrics.Show({});

  EXPECT_THAT(RenderMetrics(), HasSubstr(stuck + "0\n"));
  EXPECT_THAT(RenderMetrics(),
              HasSubstr("sagad_oldest_stuck_saga_timestamp_seconds{definition=\"order\"} 0\n"));
}

}  // namespace
}  // namespace saga::server

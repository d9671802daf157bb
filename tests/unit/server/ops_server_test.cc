#include "server/ops_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include "base/metrics.h"
#include "server/healthcheck.h"

namespace saga::server {
namespace {

using ::testing::HasSubstr;

TEST(OpsServerTest, ReadinessAndMetricsAreServedAndLivenessNeedsNothing) {
  Status readiness(StatusCode::kUnavailable, "NOT_READY", "waiting for the database");
  int refreshed = 0;
  OpsServer ops({.refresh = [&] { MetricGauge("test_ops_gauge", "A gauge.").Set(++refreshed); },
                 .readiness = [&] { return readiness; }});
  ASSERT_TRUE(ops.Start("127.0.0.1:0").ok());
  httplib::Client client("127.0.0.1", ops.port());

  const auto not_ready = client.Get("/readyz");
  ASSERT_TRUE(not_ready);
  EXPECT_EQ(not_ready->status, 503);
  EXPECT_EQ(not_ready->body, "waiting for the database\n");
  EXPECT_EQ(client.Get("/livez")->status, 200);

  readiness = Status::Ok();
  EXPECT_EQ(client.Get("/readyz")->status, 200);
  EXPECT_THAT(client.Get("/metrics")->body, HasSubstr("\ntest_ops_gauge 1"));
  EXPECT_EQ(client.Get("/nothing")->status, 404);
}

TEST(OpsServerTest, TheHealthCheckSaysWhetherItIsReadyAndWhyNot) {
  Status readiness(StatusCode::kUnavailable, "NOT_READY", "waiting for the database");
  OpsServer ops({.refresh = [] {}, .readiness = [&] { return readiness; }});
  ASSERT_TRUE(ops.Start("0.0.0.0:0").ok());
  const std::string listen = "0.0.0.0:" + std::to_string(ops.port());

  EXPECT_EQ(AskReadiness(listen).message(), "not ready: waiting for the database");
  readiness = Status::Ok();
  EXPECT_TRUE(AskReadiness(listen).ok());
  ops.Stop();
  EXPECT_THAT(AskReadiness(listen).message(), HasSubstr("nothing answers at 0.0.0.0:"));
}

TEST(OpsServerTest, ATakenPortIsAnErrorThatNamesTheKey) {
  OpsServer first({.refresh = [] {}, .readiness = [] { return Status::Ok(); }});
  ASSERT_TRUE(first.Start("127.0.0.1:0").ok());
  OpsServer second({.refresh = [] {}, .readiness = [] { return Status::Ok(); }});

  const Status status = second.Start("127.0.0.1:" + std::to_string(first.port()));

  EXPECT_EQ(status.reason(), "PORT_TAKEN");
  EXPECT_THAT(status.message(), HasSubstr("ops.listen"));
}

}  // namespace
}  // namespace saga::server

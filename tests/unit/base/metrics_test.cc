#include "base/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/suggest.h"

namespace saga {
namespace {

using ::testing::HasSubstr;

TEST(MetricsTest, TheSameNameAndLabelsGiveTheSameMetric) {
  const Counter first = MetricCounter("test_things_total", "Things.", {{"kind", "a"}});
  const Counter second = MetricCounter("test_things_total", "Things.", {{"kind", "a"}});
  const Counter other = MetricCounter("test_things_total", "Things.", {{"kind", "b"}});

  first.Add();
  second.Add(2);

  EXPECT_EQ(first.value(), 3);
  EXPECT_EQ(other.value(), 0);
}

TEST(MetricsTest, AllMetricsAreRenderedAsPrometheusText) {
  MetricGauge("test_level", "A level.").Set(7);
  MetricHistogram("test_seconds", "Time.", SecondsBounds()).Observe(0.003);

  const std::string text = RenderMetrics();

  EXPECT_THAT(text, HasSubstr("# HELP test_level A level."));
  EXPECT_THAT(text, HasSubstr("\ntest_level 7"));
  EXPECT_THAT(text, HasSubstr("test_seconds_bucket{le=\"0.005\"} 1"));
  EXPECT_THAT(text, HasSubstr("test_seconds_bucket{le=\"0.0025\"} 0"));
}

TEST(SuggestTest, ASlipIsRecognisedAndSomethingElseIsNot) {
  const std::vector<std::string> names = {"store.url", "store.wait", "api.listen"};

  EXPECT_EQ(Suggest("store.ulr", names), "store.url");
  EXPECT_EQ(Suggest("api.lisen", names), "api.listen");
  EXPECT_EQ(Suggest("kafka", names), "");
  EXPECT_EQ(DidYouMean("store.ulr", names), "; did you mean 'store.url'?");
}

}  // namespace
}  // namespace saga

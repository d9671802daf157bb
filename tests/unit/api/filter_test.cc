#include "api/filter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/duration.h"

namespace saga::api {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(FilterTest, ComparisonsAreJoinedByAnd) {
  const Result<RowFilter> filter = ParseRowFilter(
      R"(state=RUNNING AND health != OK and labels.region="e\"u" AND create_time<'2026-01-31T00:00:00Z')",
      FilterScope::kRows);

  ASSERT_TRUE(filter.ok()) << filter.status().ToString();
  ASSERT_EQ(filter->size(), 4U);
  EXPECT_EQ((*filter)[0].field, RowField::kState);
  EXPECT_EQ((*filter)[0].text, "RUNNING");
  EXPECT_EQ((*filter)[1].comparison, Comparison::kNotEqual);
  EXPECT_EQ((*filter)[2].label, "region");
  EXPECT_EQ((*filter)[2].text, "e\"u");
  EXPECT_EQ((*filter)[3].comparison, Comparison::kLess);
  EXPECT_EQ(FormatTime(*(*filter)[3].time), "2026-01-31T00:00:00.000Z");
}

TEST(FilterTest, NothingIsNoCondition) {
  EXPECT_THAT(*ParseRowFilter("  ", FilterScope::kRows), IsEmpty());
}

struct Bad {
  const char* text;
  const char* message;
};

class BadFilterTest : public ::testing::TestWithParam<Bad> {};

TEST_P(BadFilterTest, IsRefusedWithItsColumnAndWhatWouldBeRight) {
  const Result<RowFilter> filter = ParseRowFilter(GetParam().text, FilterScope::kRows);

  ASSERT_FALSE(filter.ok());
  EXPECT_EQ(filter.status().code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(filter.status().reason(), "FILTER_INVALID");
  EXPECT_THAT(filter.status().message(), HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Filters, BadFilterTest,
    ::testing::Values(Bad{"stat=RUNNING", "column 1: 'stat' is no field; did you mean 'state'?"},
                      Bad{"state=RUNING", "column 7: 'RUNING' is no state; known are RUNNING"},
                      Bad{"state=RUNING", "did you mean 'RUNNING'?"},
                      Bad{"state", "expected a comparison"},
                      Bad{"state=", "column 7: expected a value"},
                      Bad{"state=RUNNING OR health=STUCK", "column 15: OR is not supported"},
                      Bad{"NOT state=RUNNING", "NOT is not supported"},
                      Bad{"state=\"RUN", "column 7: this text has no closing quote"},
                      Bad{"state=RUNNING health=OK", "expected AND"},
                      Bad{"state=RUNNING AND", "expected a field name"},
                      Bad{"business_key<\"x\"", "only = and != are possible"},
                      Bad{"create_time>yesterday", "is no time like"},
                      Bad{"labels.=x", "is no field"},
                      Bad{"(state=RUNNING)", "expected a field name"},
                      Bad{"state~RUNNING", "expected a comparison"}));

TEST(FilterTest, AnEndlessFilterIsRefused) {
  std::string text = "saga=x";
  for (int i = 0; i < 40; ++i) text += " AND saga=x";

  EXPECT_THAT(ParseRowFilter(text, FilterScope::kRows).status().message(),
              HasSubstr("more than 32 comparisons"));
  EXPECT_FALSE(ParseRowFilter(std::string(5000, 'x'), FilterScope::kRows).ok());
}

TEST(FilterTest, AWatchFiltersOnlyWhatNeverChanges) {
  EXPECT_TRUE(ParseRowFilter("definition=checkout AND labels.a=b", FilterScope::kWatch).ok());
  EXPECT_THAT(ParseRowFilter("health=STUCK", FilterScope::kWatch).status().message(),
              HasSubstr("'health' is no field"));
}

TEST(FilterTest, AWatchedRecordMatchesByItsSaga) {
  const SagaHeader header{.id = SagaId("default", "ord-1007"),
                          .definition_name = "checkout",
                          .definition_version = 7,
                          .business_key = "k-1",
                          .labels = {{"region", "eu"}}};
  const auto matches = [&](std::string_view text) {
    return Matches(*ParseRowFilter(text, FilterScope::kWatch), header);
  };

  EXPECT_TRUE(matches(""));
  EXPECT_TRUE(matches("definition=checkout AND labels.region=eu"));
  EXPECT_TRUE(matches("definition=checkout@7"));
  EXPECT_FALSE(matches("definition=checkout@8"));
  EXPECT_TRUE(matches("saga=ord-*"));
  EXPECT_FALSE(matches("saga!=ord-*"));
  EXPECT_FALSE(matches("business_key=k-2"));
  EXPECT_TRUE(matches("labels.channel!=web"));
}

TEST(FilterTest, AuditEntriesAreFoundBySagaActorAndMethod) {
  const Result<AuditFilter> filter = ParseAuditFilter("saga=ord-1 AND actor=alice", "shop");

  ASSERT_TRUE(filter.ok());
  EXPECT_EQ(filter->resource, "namespaces/shop/sagas/ord-1");
  EXPECT_EQ(filter->actor, "alice");
  EXPECT_FALSE(ParseAuditFilter("acto=alice", "shop").ok());
  EXPECT_FALSE(ParseAuditFilter("actor!=alice", "shop").ok());
}

}  // namespace
}  // namespace saga::api

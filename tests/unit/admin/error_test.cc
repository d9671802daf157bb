#include <gmock/gmock.h>
#include <google/rpc/error_details.pb.h>
#include <google/rpc/status.pb.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include "admin/call_error.h"
#include "admin/exit_code.h"
#include "admin/json.h"
#include "admin/reasons.h"
#include "saga/v1/saga.pb.h"

namespace saga::admin {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

grpc::Status WithDetails(grpc::StatusCode code, const std::string& reason,
                         const google::protobuf::Message& detail) {
  google::rpc::Status details;
  google::rpc::ErrorInfo info;
  info.set_reason(reason);
  (*info.mutable_metadata())["current_etag"] = "r12";
  details.add_details()->PackFrom(info);
  details.add_details()->PackFrom(detail);
  return {code, "the message", details.SerializeAsString()};
}

TEST(CallErrorTest, ReasonMetadataAndViolationsAreTakenOver) {
  google::rpc::BadRequest bad;
  auto& violation = *bad.add_field_violations();
  violation.set_field("context.reason");
  violation.set_description("is too short");

  const Status status =
      FromGrpc(WithDetails(grpc::INVALID_ARGUMENT, "FIELD_INVALID", bad), "host:1");

  EXPECT_EQ(status.reason(), "FIELD_INVALID");
  ASSERT_EQ(status.violations().size(), 1);
  EXPECT_EQ(status.violations()[0].field, "context.reason");
  const std::string text = RenderError(status, {.argv0 = "sagactl", .width = 80}, Paint::Off());
  EXPECT_THAT(text, HasSubstr("context.reason: is too short"));
  EXPECT_THAT(text, Not(HasSubstr("current_etag")));
}

TEST(CallErrorTest, WhoChangedTheSagaIsSaid) {
  google::rpc::RetryInfo retry;
  const Status status = FromGrpc(WithDetails(grpc::ABORTED, "ETAG_MISMATCH", retry), "host:1");
  EXPECT_THAT(RenderError(status, {.argv0 = "sagactl", .width = 80}, Paint::Off()),
              HasSubstr("current_etag: r12"));
}

TEST(CallErrorTest, AServerThatAsksForPatienceIsQuoted) {
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(3);
  const Status status =
      FromGrpc(WithDetails(grpc::RESOURCE_EXHAUSTED, "OVERLOADED", retry), "host:1");
  EXPECT_EQ(ExitCodeOf(status), ExitCode::kUnreachable);
  EXPECT_THAT(RenderError(status, {.argv0 = "sagactl", .width = 80}, Paint::Off()),
              HasSubstr("retry_after: 3s"));
}

TEST(CallErrorTest, NoAnswerIsToldFromARefusal) {
  EXPECT_EQ(FromGrpc({grpc::UNAVAILABLE, "a: b: Connection refused"}, "h:1").message(),
            "cannot reach sagad at h:1 (Connection refused)");
  EXPECT_EQ(FromGrpc({grpc::DEADLINE_EXCEEDED, "Deadline Exceeded"}, "h:1").reason(), "TIMED_OUT");
  google::rpc::RetryInfo retry;
  EXPECT_EQ(FromGrpc(WithDetails(grpc::UNAVAILABLE, "DRAINING", retry), "h:1").message(),
            "the message");
}

TEST(CallErrorTest, DetailsThatAreNoDetailsAreIgnored) {
  const Status status = FromGrpc({grpc::INTERNAL, "boom", "\xff\xff"}, "h:1");
  EXPECT_EQ(status.code(), StatusCode::kInternal);
  EXPECT_EQ(status.message(), "boom");
}

TEST(CallErrorTest, LongMessagesAreWrapped) {
  const Status status(StatusCode::kInternal, "", std::string(30, 'x') + " " + std::string(60, 'y'));
  EXPECT_EQ(RenderError(status, {.argv0 = "sagactl", .width = 69}, Paint::Off()),
            "error: unexpected, " + std::string(30, 'x') + "\n  " + std::string(60, 'y') +
                "\n    exit 1\n");
}

TEST(ExitCodeTest, EveryCodeOfTheWireHasAnExitCode) {
  for (int code = 0; code <= 16; ++code) {
    const Status status(static_cast<StatusCode>(code), "", "");
    EXPECT_EQ(ExitCodeOf(status) == ExitCode::kDone, code == 0) << code;
  }
  EXPECT_EQ(ExitCodeOf(Status(StatusCode::kInvalidArgument, "DEFINITION_INVALID", "")),
            ExitCode::kDefinitionBroken);
}

TEST(ReasonsTest, AreSortedAndSaySomething) {
  const auto reasons = AllReasons();
  EXPECT_TRUE(std::is_sorted(reasons.begin(), reasons.end(),
                             [](const auto& a, const auto& b) { return a.reason < b.reason; }));
  for (const ReasonHelp& help : reasons) EXPECT_GT(help.meaning.size(), 20) << help.reason;
  EXPECT_EQ(FindReason("NO_SUCH_REASON"), nullptr);
}

// The quoted words that follow `before` and a comma or parenthesis: StatusCode::kX, "REASON".
void AddQuotedAfter(std::string_view before, const std::string& text,
                    std::set<std::string>& found) {
  for (std::size_t at = text.find(before); at != text.npos; at = text.find(before, at + 1)) {
    const std::size_t separator = text.find_first_of(",(;)", at);
    const std::size_t quote = text.find_first_not_of(" \n", separator + 1);
    if (separator == text.npos || quote == text.npos || text[quote] != '"') continue;
    const std::string word = text.substr(quote + 1, text.find('"', quote + 1) - quote - 1);
    if (word.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_") == word.npos) found.insert(word);
  }
}

// The reasons in the server's sources.
std::set<std::string> ReasonsInSources() {
  std::set<std::string> reasons;
  for (const char* folder : {"src/api", "src/definition", "src/orchestrator", "src/participants"}) {
    if (!std::filesystem::exists(folder)) continue;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
      if (entry.path().extension() != ".cc") continue;
      // What participants answer is not the server's.
      const std::string path = entry.path().string();
      if (path.find("/demo/") != path.npos || path.find("/sdk/") != path.npos) continue;
      std::ifstream file(entry.path());
      const std::string text{std::istreambuf_iterator<char>(file), {}};
      AddQuotedAfter("StatusCode::k", text, reasons);
      AddQuotedAfter("NotFound(", text, reasons);
    }
  }
  return reasons;
}

TEST(ReasonsTest, EveryReasonThatTheServerGivesHasAHelpText) {
  const std::set<std::string> reasons = ReasonsInSources();
  EXPECT_TRUE(reasons.contains("PIVOT_PASSED"));  // The sources were found.
  for (const std::string& reason : reasons) {
    EXPECT_NE(FindReason(reason), nullptr) << "src/admin/reasons.cc says nothing of " << reason;
  }
}

TEST(JsonTest, NumbersOfSixtyFourBitsAreStringsAndNamesAreCamelCase) {
  v1::Saga saga;
  saga.set_revision(9007199254740993);
  saga.set_business_key("k");
  EXPECT_EQ(ToJson(saga, JsonStyle::kLine),
            "{\"businessKey\":\"k\",\"revision\":\"9007199254740993\"}\n");
}

TEST(JsonTest, DetailsOfUnknownTypesAreLeftOut) {
  v1::Failure failure;
  failure.set_code(9);
  failure.add_details()->set_type_url("type.googleapis.com/shop.Unknown");
  failure.add_details()->PackFrom(google::rpc::RetryInfo());
  const std::string json = ToJson(failure, JsonStyle::kLine);
  EXPECT_THAT(json, HasSubstr("google.rpc.RetryInfo"));
  EXPECT_THAT(json, Not(HasSubstr("shop.Unknown")));
}

}  // namespace
}  // namespace saga::admin

#include "participants/sdk/call_context.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

namespace saga::sdk {
namespace {

using Metadata = std::map<std::string, std::string, std::less<>>;

Result<CallContext> Read(const Metadata& metadata) {
  return CallContextOf([&metadata](std::string_view key) -> std::string_view {
    const auto found = metadata.find(key);
    return found == metadata.end() ? std::string_view() : std::string_view(found->second);
  });
}

TEST(CallContextTest, MetadataOfACallIsReadAsItWasSent) {
  const Result<CallContext> call = Read({{"idempotency-key", "dev/default/ord-7:reserve:undo#2"},
                                         {"saga-id", "ord-7"},
                                         {"saga-definition", "checkout@3"},
                                         {"saga-deadline", "2026-01-31T14:02:13.120Z"},
                                         {"saga-attempt", "4"}});

  ASSERT_TRUE(call.ok()) << call.status().ToString();
  EXPECT_EQ(call->key, "dev/default/ord-7:reserve");
  EXPECT_EQ(call->operation, Operation::kUndo);
  EXPECT_EQ(call->operation_name, "undo#2");
  EXPECT_EQ(call->step, "reserve");
  EXPECT_EQ(call->saga, "ord-7");
  EXPECT_EQ(call->definition, "checkout@3");
  EXPECT_EQ(call->attempt, 4U);
  EXPECT_EQ(call->saga_deadline, "2026-01-31T14:02:13.120Z");
}

TEST(CallContextTest, ANoIsFinalForActionsThatSagadCallsRejectable) {
  struct Case {
    const char* operation;
    const char* rejectable;
    Rejection expected;
  };
  for (const Case& c : {Case{"action", "1", Rejection::kFinal},
                        {"action", "0", Rejection::kRetried},
                        {"try", "1", Rejection::kFinal},
                        {"undo", "1", Rejection::kRetried},
                        {"confirm", "1", Rejection::kRetried},
                        {"cancel", "0", Rejection::kRetried}}) {
    const Result<CallContext> call =
        Read({{"idempotency-key", std::string("c/n/s:step:") + c.operation},
              {"saga-rejectable", c.rejectable}});
    ASSERT_TRUE(call.ok());
    EXPECT_EQ(call->rejection, c.expected) << c.operation << " " << c.rejectable;
  }
}

TEST(CallContextTest, ACallWithoutAKeyIsNoStepOfASaga) {
  EXPECT_EQ(Read({{"saga-id", "ord-7"}}).status().reason(), "IDEMPOTENCY_KEY_MISSING");
}

TEST(CallContextTest, KeysThatSagadDoesNotMakeAreRefused) {
  for (const std::string key : {":", "a", "a:b", "a:b:jump", ":step:action", "c/n/s:action",
                                "c/n/s:step:", "c/n/s:step:action:"}) {
    EXPECT_EQ(Read({{"idempotency-key", key}}).status().reason(), "IDEMPOTENCY_KEY_INVALID") << key;
  }
  const std::string long_key = std::string(600, 'x') + ":step:action";
  EXPECT_EQ(Read({{"idempotency-key", long_key}}).status().reason(), "IDEMPOTENCY_KEY_INVALID");
}

}  // namespace
}  // namespace saga::sdk

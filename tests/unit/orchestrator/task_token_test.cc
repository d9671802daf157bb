#include "orchestrator/task_token.h"

#include <gtest/gtest.h>

#include <set>

#include "base/base64url.h"

namespace saga {
namespace {

const TaskName kTask{{"shop", "ord-1007"}, ToStep(300), Operation::kConfirm};

TEST(TaskTokenTest, NamesTheCallThatItWasMadeFor) {
  const TaskTokens tokens("secret");

  const Result<TaskName> read = tokens.Read(tokens.Make(kTask));

  ASSERT_TRUE(read.ok()) << read.status().ToString();
  EXPECT_EQ(*read, kTask);
}

TEST(TaskTokenTest, IsTheSameForEveryAttemptAndAnotherForEveryCall) {
  const TaskTokens tokens("secret");
  std::set<std::string> all;
  for (const char* saga : {"a", "b"}) {
    for (const std::size_t step : {0U, 1U, 256U}) {
      for (const Operation operation : {Operation::kAction, Operation::kUndo}) {
        all.insert(tokens.Make({{"n", saga}, ToStep(step), operation}));
      }
    }
  }
  EXPECT_EQ(all.size(), 12U);
  EXPECT_EQ(tokens.Make(kTask), TaskTokens("secret").Make(kTask));
}

TEST(TaskTokenTest, AnotherClusterRefusesIt) {
  const Result<TaskName> read = TaskTokens("other").Read(TaskTokens("secret").Make(kTask));

  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.status().reason(), "TASK_TOKEN_INVALID");
}

TEST(TaskTokenTest, OneChangedCharacterAnywhereIsRefused) {
  const TaskTokens tokens("secret");
  const std::string token = tokens.Make(kTask);
  for (std::size_t i = 0; i < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(tokens.Read(changed).ok()) << i;
  }
}

TEST(TaskTokenTest, WhatIsNoTokenIsRefused) {
  const TaskTokens tokens("secret");
  const std::string token = tokens.Make(kTask);
  for (const std::string& text :
       {std::string(), std::string("x"), std::string("not a token"), token + "AAAA",
        token.substr(0, token.size() - 4), token + "=", std::string(100'000, 'A')}) {
    EXPECT_FALSE(tokens.Read(text).ok()) << text.substr(0, 80);
  }
}

TEST(Base64UrlTest, EveryLengthComesBackAndOtherTextsDoNot) {
  std::string bytes;
  for (int i = 0; i < 70; ++i) {
    EXPECT_EQ(FromBase64Url(ToBase64Url(bytes)), bytes);
    bytes += static_cast<char>(i * 37);
  }
  EXPECT_EQ(ToBase64Url("\xfb\xff"), "-_8");
  for (const char* text : {"a", "-_9", "ab=", "a b", "\n"}) {
    EXPECT_FALSE(FromBase64Url(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace saga

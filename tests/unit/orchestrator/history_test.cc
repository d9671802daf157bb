#include "orchestrator/history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace saga {
namespace {

using ::testing::ElementsAre;

RC_GTEST_PROP(HistoryTest, WhatWasAppendedIsReadBackInOrder, (std::vector<std::string> records)) {
  std::string history;
  for (const std::string& record : records) AppendToHistory(history, record);

  const auto split = SplitHistory(history);

  RC_ASSERT(split.ok());
  RC_ASSERT(std::vector<std::string>(split->begin(), split->end()) == records);
}

TEST(HistoryTest, LongRecordsAreKeptWhole) {
  const std::string longer(70'000, 'x');
  std::string history;
  AppendToHistory(history, longer);
  AppendToHistory(history, "end");

  const auto split = SplitHistory(history);

  ASSERT_TRUE(split.ok());
  EXPECT_THAT(*split, ElementsAre(longer, "end"));
}

TEST(HistoryTest, ACutHistoryIsRefused) {
  std::string history;
  AppendToHistory(history, "a record of some length");

  for (std::size_t cut = 1; cut < history.size(); ++cut) {
    EXPECT_EQ(SplitHistory(history.substr(0, cut)).status().reason(), "RECORD_BROKEN") << cut;
  }
  EXPECT_EQ(SplitHistory(std::string(12, '\xFF')).status().reason(), "RECORD_BROKEN");
}

}  // namespace
}  // namespace saga

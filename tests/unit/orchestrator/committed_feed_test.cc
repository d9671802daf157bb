#include "orchestrator/committed_feed.h"

#include <gtest/gtest.h>

#include "orchestrator/limits.h"

namespace saga {
namespace {

CommittedRecord At(std::uint64_t seq, std::size_t bytes = 1) {
  return {JournalSeq{seq}, nullptr, std::make_shared<const NumberedRecord>(), bytes};
}

std::vector<CommittedRecord> Range(std::uint64_t first, std::uint64_t last) {
  std::vector<CommittedRecord> records;
  for (std::uint64_t seq = first; seq <= last; ++seq) records.push_back(At(seq));
  return records;
}

TEST(CommittedFeedTest, AReaderThatGoesOnFromReadToMissesNothingAndSeesNothingTwice) {
  CommittedFeed feed(ShardId{0});
  feed.Append(Range(1, 5), JournalSeq{5});
  feed.Append(Range(6, 9), JournalSeq{9});

  std::vector<std::uint64_t> seen;
  JournalSeq after{};
  for (int pages = 0; pages < 5; ++pages) {
    const FeedPage page = feed.Read(after, 2);
    ASSERT_FALSE(page.expired);
    for (const auto& record : page.records) seen.push_back(ToNumber(record.seq));
    after = page.read_to;
  }

  EXPECT_EQ(seen, (std::vector<std::uint64_t>{1, 2, 3, 4, 5, 6, 7, 8, 9}));
  EXPECT_EQ(after, JournalSeq{9});
}

TEST(CommittedFeedTest, PositionsOfVoidStartsArePassedOver) {
  CommittedFeed feed(ShardId{0});
  feed.Append({At(2)}, JournalSeq{4});

  const FeedPage page = feed.Read(JournalSeq{}, 10);

  EXPECT_EQ(page.records.size(), 1U);
  EXPECT_EQ(page.read_to, JournalSeq{4});
}

TEST(CommittedFeedTest, TheOldestLeaveAndTheirReaderIsToldSo) {
  CommittedFeed feed(ShardId{0});
  feed.Append(Range(1, kFeedRecordsMax), JournalSeq{kFeedRecordsMax});
  feed.Append(Range(kFeedRecordsMax + 1, kFeedRecordsMax + 10), JournalSeq{kFeedRecordsMax + 10});

  EXPECT_EQ(feed.oldest_in_memory(), JournalSeq{10});
  EXPECT_TRUE(feed.Read(JournalSeq{9}, 1).expired);
  EXPECT_EQ(feed.Read(JournalSeq{10}, 1).records.front().seq, JournalSeq{11});
}

TEST(CommittedFeedTest, LargeRecordsLeaveBeforeThereAreMany) {
  CommittedFeed feed(ShardId{0});
  feed.Append({At(1, kFeedBytesMax)}, JournalSeq{1});
  feed.Append({At(2, 1)}, JournalSeq{2});

  EXPECT_EQ(feed.oldest_in_memory(), JournalSeq{1});
}

TEST(CommittedFeedTest, AClaimThatFindsMoreThanWasSeenSendsReadersToTheJournal) {
  CommittedFeed feed(ShardId{0});
  feed.Append(Range(1, 3), JournalSeq{3});

  feed.Reset(JournalSeq{3});
  EXPECT_FALSE(feed.Read(JournalSeq{}, 10).expired) << "nothing was missed";
  feed.Reset(JournalSeq{5});

  EXPECT_TRUE(feed.Read(JournalSeq{3}, 10).expired);
  EXPECT_FALSE(feed.Read(JournalSeq{5}, 10).expired);
}

TEST(CommittedFeedTest, FollowersAreSignalledUntilTheyUnsubscribe) {
  CommittedFeed feed(ShardId{0});
  int signals = 0;
  const auto id = feed.Subscribe([&signals] { ++signals; });

  feed.Append(Range(1, 1), JournalSeq{1});
  feed.Unsubscribe(id);
  feed.Append(Range(2, 2), JournalSeq{2});

  EXPECT_EQ(signals, 1);
}

TEST(CommittedFeedTest, ThePublishersCursorNeverMovesBack) {
  CommittedFeed feed(ShardId{0});
  feed.Append(Range(1, 9), JournalSeq{9});

  feed.SetPublished(JournalSeq{7});
  feed.SetPublished(JournalSeq{5});

  EXPECT_EQ(feed.published(), JournalSeq{7});
}

}  // namespace
}  // namespace saga

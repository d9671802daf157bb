#include "events/publisher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "events/memory_sink.h"
#include "store/memory_store.h"
#include "store/record_codec.h"

namespace saga {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::chrono::milliseconds kNoWait{0};

class NoDefinitions final : public DefinitionResolver {
 public:
  DefinitionRef Find(const std::string&, const std::string&, std::uint32_t) const override {
    return nullptr;
  }
};

class PublisherTest : public ::testing::Test {
 protected:
  PublisherTest() { Restart(); }

  // A publisher that knows only what is saved, as after a kill.
  void Restart() {
    publisher_.reset();
    std::vector<PublisherSource> sources;
    sources.push_back(
        {feed_, std::make_unique<FeedReader>(feed_, *journal_, codec_, definitions_)});
    publisher_ = std::make_unique<Publisher>(PublisherOptions{}, std::move(sources), sink_);
  }

  // One committed record of a saga per call; `positions` more are taken by void entries behind it.
  void Commit(const std::string& saga, std::uint64_t revision, Record record = SagaPaused{},
              std::uint64_t voids = 0) {
    auto header = std::make_shared<const SagaHeader>(
        SagaHeader{.id = SagaId("default", saga), .definition_name = "d"});
    last_ = Advance(last_, 1);
    const JournalSeq seq = last_;
    last_ = Advance(last_, voids);
    feed_.Append({{seq, header,
                   std::make_shared<const NumberedRecord>(
                       NumberedRecord{Revision{revision}, {}, std::move(record)})}},
                 last_);
  }

  void RunUntilIdle() {
    while (publisher_->RunOnce(kNoWait)) {}
  }

  std::vector<std::string> Stored(const std::string& topic = "saga.events.v1") const {
    std::vector<std::string> ids;
    for (const auto& stored : sink_.stored()) {
      if (stored.topic != topic) continue;
      for (const auto& [name, value] : stored.event.headers) {
        if (name == "ce_id")
          ids.push_back(value.substr(0, value.find('-')) +
                        std::to_string(std::stoi(value.substr(value.find('-') + 1))));
      }
    }
    return ids;
  }

  MemoryStore store_;
  std::unique_ptr<Journal> journal_ = store_.MakeJournal();
  ProtoRecordCodec codec_;
  NoDefinitions definitions_;
  CommittedFeed feed_{ShardId{0}};
  MemorySink sink_;
  JournalSeq last_{};
  std::unique_ptr<Publisher> publisher_;
};

TEST_F(PublisherTest, PublishesInOrderAndMovesTheCursorOverAcknowledgedRecords) {
  Commit("a", 1);
  Commit("b", 1);
  Commit("a", 2);

  RunUntilIdle();

  EXPECT_THAT(Stored(), ElementsAre("a1", "b1", "a2"));
  EXPECT_EQ(feed_.published(), last_);
  EXPECT_EQ(publisher_->pending(), 0U);
}

TEST_F(PublisherTest, TheCursorStandsWhileTheBrokerIsDownAndNothingIsLost) {
  sink_.SetDown(true);
  Commit("a", 1);
  RunUntilIdle();
  EXPECT_EQ(ToNumber(feed_.published()), 0U);
  Commit("a", 2);
  RunUntilIdle();
  EXPECT_THAT(Stored(), IsEmpty());

  sink_.SetDown(false);
  RunUntilIdle();

  EXPECT_THAT(Stored(), ElementsAre("a1", "a2"));
  EXPECT_EQ(feed_.published(), last_);
}

TEST_F(PublisherTest, AfterALostAcknowledgementItRepeatsFromTheCursorAndKeepsTheOrder) {
  Commit("a", 1);
  Commit("a", 2);
  Commit("a", 3);
  sink_.LoseAcknowledgements(1);

  RunUntilIdle();

  EXPECT_THAT(Stored(), ElementsAre("a1", "a1", "a2", "a3"));
  EXPECT_EQ(feed_.published(), last_);
}

TEST_F(PublisherTest, ARestartGoesOnFromTheSavedCursor) {
  Commit("a", 1);
  RunUntilIdle();
  sink_.SetDown(true);
  Commit("a", 2);
  RunUntilIdle();
  ASSERT_TRUE(sink_.Reopen().ok());
  sink_.SetDown(false);

  Restart();
  RunUntilIdle();

  EXPECT_THAT(Stored(), ElementsAre("a1", "a2"));
}

TEST_F(PublisherTest, APublisherThatRunsBeforeTheClaimBeginsAtTheSavedCursor) {
  CommittedFeed claimed_late(ShardId{0});
  Commit("a", 1);
  Commit("a", 2);
  std::vector<PublisherSource> sources;
  // What the claim will tell stands in the reader's feed already.
  sources.push_back(
      {claimed_late, std::make_unique<FeedReader>(feed_, *journal_, codec_, definitions_)});
  Publisher publisher(PublisherOptions{}, std::move(sources), sink_);
  EXPECT_FALSE(publisher.RunOnce(kNoWait));

  claimed_late.SetPublished(JournalSeq{1});
  claimed_late.Reset(JournalSeq{2});
  while (publisher.RunOnce(kNoWait)) {}

  EXPECT_THAT(Stored(), ElementsAre("a2"));
}

TEST_F(PublisherTest, AFullQueueIsTriedAgainAndLosesNothing) {
  sink_.SetQueueMax(1);
  for (std::uint64_t revision = 1; revision <= 5; ++revision) Commit("a", revision);

  RunUntilIdle();

  EXPECT_THAT(Stored(), ElementsAre("a1", "a2", "a3", "a4", "a5"));
  EXPECT_EQ(feed_.published(), last_);
}

TEST_F(PublisherTest, AttentionGoesToBothTopicsAlsoThroughAFullQueue) {
  sink_.SetQueueMax(1);
  Commit("a", 1, SagaResolved{});
  Commit("a", 2);

  RunUntilIdle();

  EXPECT_THAT(Stored(), ElementsAre("a1", "a2"));
  EXPECT_THAT(Stored("saga.attention.v1"), ElementsAre("a1"));
  EXPECT_EQ(feed_.published(), last_);
}

TEST_F(PublisherTest, PositionsWithoutAnEventAreCovered) {
  Commit("a", 1, SagaPaused{}, 3);

  RunUntilIdle();

  EXPECT_EQ(feed_.published(), last_);
}

}  // namespace
}  // namespace saga

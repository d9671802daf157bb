// The engine with its threads, on a store in memory.
#include "orchestrator/orchestrator.h"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "store/memory_store.h"
#include "store/record_codec.h"
#include "unit/core/scenario.h"

namespace saga::testing {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class OneDefinition final : public DefinitionResolver {
 public:
  explicit OneDefinition(DefinitionRef definition) : definition_(std::move(definition)) {}
  DefinitionRef Find(const std::string&, const std::string&, std::uint32_t) const override {
    return definition_;
  }

 private:
  DefinitionRef definition_;
};

// Says yes at once, from the caller's own thread; or never answers.
class Participants final : public ParticipantCaller {
 public:
  void Call(ParticipantCall, ReplyPlace place) override {
    std::lock_guard lock(mutex_);
    if (silent) {
      held_.push_back(std::move(place));
    } else {
      place.Post({.outcome = CallOutcome::kSucceeded, .output = EmptyPayload()});
    }
  }
  std::atomic<bool> silent = false;

 private:
  std::mutex mutex_;
  std::vector<ReplyPlace> held_;
};

// Counts answers, and waits for them with a limit.
class Answers {
 public:
  AnswerFn Fn(std::function<void(const RequestAnswer&)> look = {}) {
    return [this, look](const RequestAnswer& answer) {
      if (look) look(answer);
      std::lock_guard lock(mutex_);
      ++count_;
      came_.notify_all();
    };
  }
  bool Await(int count) {
    std::unique_lock lock(mutex_);
    return came_.wait_for(lock, seconds(30), [&] { return count_ >= count; });
  }
  int count() {
    std::lock_guard lock(mutex_);
    return count_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable came_;
  int count_ = 0;
};

// No definition here has any.
class NoFollowUps final : public FollowUpStarter {
 public:
  void Start(FollowUpOrder order, FollowUpAnswerFn) override {
    ADD_FAILURE() << "a follow-up of " << order.cause.text();
  }
};

class OrchestratorTest : public ::testing::Test {
 protected:
  StartRequest Request(const std::string& id) const {
    return {.saga = {"default", id},
            .definition = definition_,
            .input = EmptyPayload(),
            .deadline = seconds(60),
            .start_digest = "d"};
  }
  void AwaitReady() {
    const auto limit = std::chrono::steady_clock::now() + seconds(30);
    while (!engine_.ready() && std::chrono::steady_clock::now() < limit) std::this_thread::yield();
    ASSERT_TRUE(engine_.ready());
  }

  const DefinitionRef definition_ = MakePlan("stock, [card mail?]");
  MemoryStore store_;
  ProtoRecordCodec codec_;
  OneDefinition definitions_{definition_};
  Participants participants_;
  NoFollowUps nobody_;
  Orchestrator engine_{{.shards = 3},  [this] { return store_.MakeJournal(); },
                       codec_,         definitions_,
                       NoConditions(), participants_};
};

TEST_F(OrchestratorTest, ManySagasRunToTheirEndsAndEveryCallerIsAnsweredOnce) {
  constexpr int kSagas = 300;
  Answers started;
  Answers ended;
  std::atomic<int> succeeded = 0;
  engine_.Begin(nobody_);
  AwaitReady();

  for (int i = 0; i < kSagas; ++i) {
    const std::string id = "s" + std::to_string(i);
    engine_.Start(Request(id), started.Fn([&, id](const RequestAnswer& answer) {
      ASSERT_TRUE(answer.status.ok());
      engine_.Wait({"default", id}, WaitGoal::kEnd, seconds(30),
                   ended.Fn([&succeeded](const RequestAnswer& end) {
                     const bool is_over =
                         end.saga == nullptr || end.saga->state == SagaState::kSucceeded;
                     if (end.status.ok() && is_over) ++succeeded;
                   }));
    }));
  }

  ASSERT_TRUE(ended.Await(kSagas));
  EXPECT_EQ(started.count(), kSagas);
  EXPECT_EQ(succeeded, kSagas);
  EXPECT_EQ(store_.AllRows().size(), static_cast<std::size_t>(kSagas));
  engine_.Drain(seconds(5));
  EXPECT_EQ(engine_.counts().live, 0U);
}

TEST_F(OrchestratorTest, ADrainingEngineAnswersEverybodyAndStopsInTime) {
  participants_.silent = true;
  Answers started;
  Answers waited;
  engine_.Begin(nobody_);
  AwaitReady();
  engine_.Start(Request("a"), started.Fn());
  ASSERT_TRUE(started.Await(1));
  std::string why;
  engine_.Wait({"default", "a"}, WaitGoal::kEnd, seconds(60),
               waited.Fn([&why](const RequestAnswer& answer) { why = answer.status.reason(); }));

  engine_.Drain(milliseconds(50));

  EXPECT_EQ(waited.count(), 1);
  EXPECT_EQ(why, "DRAINING");
  std::string late;
  engine_.Start(Request("b"),
                [&late](const RequestAnswer& answer) { late = answer.status.reason(); });
  EXPECT_EQ(late, "DRAINING");
}

TEST_F(OrchestratorTest, AnEngineThatNeverBeganStillAnswersWhoeverAskedIt) {
  Answers started;
  {
    Orchestrator idle(
        {.shards = 1}, [this] { return store_.MakeJournal(); }, codec_, definitions_,
        NoConditions(), participants_);
    idle.Start(Request("a"), started.Fn());
    EXPECT_EQ(started.count(), 0);
  }
  EXPECT_EQ(started.count(), 1);
}

}  // namespace
}  // namespace saga::testing

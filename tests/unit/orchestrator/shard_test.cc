// A shard whose store and participants behave.
#include "orchestrator/shard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/history.h"
#include "unit/orchestrator/shard_world.h"

namespace saga::testing {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class ShardTest : public ShardWorld {};

TEST_F(ShardTest, ASagaRunsToItsEndAndLeavesItsHistory) {
  Got started;
  Start("a", started);
  Settle();
  EXPECT_EQ(started.times, 1);
  EXPECT_EQ(started.saga->revision, Revision{1});
  EXPECT_EQ(caller_.Open(), "stock/action#1");

  for (const char* step : {"stock", "card", "ship"}) {
    Reply(step, CallOutcome::kSucceeded, "{}");
    Settle();
  }

  EXPECT_EQ(Row("a").status.state, SagaState::kSucceeded);
  const auto history = store_.GetHistory(Id("a"));
  ASSERT_TRUE(history.ok() && history->has_value());
  EXPECT_EQ(SplitHistory(**history)->size(), 5U);
  EXPECT_EQ(shard_->live().size(), 0U);
  EXPECT_TRUE(TakeCensus(shard_->live()).sagas.empty());
  EXPECT_FALSE(shard_->NextWake().has_value()) << "its deadline has gone with it";
}

TEST_F(ShardTest, ACallCarriesWhatItsRequestIsBuiltFrom) {
  Got started;
  Start("a", started);
  Settle();
  Reply("stock", CallOutcome::kSucceeded, "{\"r\":7}");
  Settle();

  const MadeCall made = caller_.Take("card");

  EXPECT_EQ(made.call.idempotency_key, "test/default/a:card:action");
  EXPECT_EQ(made.call.business_key, "key-a");
  EXPECT_EQ(made.call.outputs[0]->bytes, "{\"r\":7}");
  EXPECT_EQ(made.call.outputs[1], nullptr);
  EXPECT_TRUE(made.call.rejectable);
}

TEST_F(ShardTest, TheSameStartAgainGetsTheSagaAndAnotherBodyIsRefused) {
  Got first;
  Got again;
  Got other;
  Start("a", first);
  Start("a", again);
  Start("a", other, "d2");
  Settle();

  EXPECT_FALSE(first.answer.already_started);
  EXPECT_TRUE(again.answer.already_started);
  EXPECT_EQ(other.status.code(), StatusCode::kAlreadyExists);
  EXPECT_EQ(other.status.reason(), "SAGA_ID_REUSED");
  EXPECT_EQ(Journalled("a"), "saga.started.v1");
  EXPECT_EQ(caller_.Open(), "stock/action#1");
}

TEST_F(ShardTest, AStartWhoseIdBelongsToAnEndedSagaIsVoidAndFailsNobodyElse) {
  Got ended;
  Start("a", ended);
  Settle();
  for (const char* step : {"stock", "card", "ship"}) {
    Reply(step, CallOutcome::kSucceeded, "{}");
    Settle();
  }

  Got again;
  Got again_too;
  Got fresh;
  Start("a", again);
  Start("a", again_too);
  Start("b", fresh);
  Settle();

  EXPECT_TRUE(again.answer.ended_before);
  EXPECT_TRUE(again_too.answer.ended_before);
  EXPECT_FALSE(again.saga.has_value());
  EXPECT_TRUE(fresh.status.ok());
  EXPECT_EQ(caller_.Open(), "stock/action#1");
  EXPECT_EQ(caller_.open().front().call.saga, Id("b"));
  EXPECT_EQ(shard_->live().size(), 1U);
  std::size_t published = 0;
  for (const auto& record : feed_->Read(JournalSeq{}, 100).records) {
    published += record.header->id == Id("a") ? 1 : 0;
  }
  EXPECT_EQ(published, 5U) << "a void start is not published";
}

TEST_F(ShardTest, AFailedCallIsRepeatedWhenItsTimeHasCome) {
  Got started;
  Start("a", started);
  Settle();
  Reply("stock", CallOutcome::kUnknown);
  Pass(milliseconds(900));
  EXPECT_EQ(caller_.Open(), "");

  Pass(milliseconds(200));

  EXPECT_EQ(caller_.Open(), "stock/action#2");
  const Census::Kind ok{definition_->name, SagaState::kRunning, SagaHealth::kOk};
  EXPECT_EQ(TakeCensus(shard_->live()).sagas, (std::map<Census::Kind, std::int64_t>{{ok, 1}}))
      << "one failure is no retry loop";
}

TEST_F(ShardTest, TheDeadlineTurnsASagaBack) {
  Got started;
  Start("a", started);
  Settle();
  Reply("stock", CallOutcome::kSucceeded, "{}");
  Settle();
  MadeCall card = caller_.Take("card");
  Pass(seconds(61));
  EXPECT_EQ(Row("a").status.state, SagaState::kRunning) << "the pivot was sent: it waits";

  card.place.Post({.outcome = CallOutcome::kRejected, .failure = {StatusCode::kNotFound}});
  Settle();

  EXPECT_EQ(caller_.Open(), "stock/undo#1");
  EXPECT_EQ(Row("a").status.state, SagaState::kCompensating);
}

TEST_F(ShardTest, AWaiterIsAnsweredWhenTheGoalIsReachedAndNotBefore) {
  Got started;
  Got pivot;
  Got end;
  Start("a", started);
  Wait("a", pivot, WaitGoal::kPivot, seconds(30));
  Wait("a", end, WaitGoal::kEnd, seconds(30));
  Settle();
  Reply("stock", CallOutcome::kSucceeded, "{}");
  Settle();
  EXPECT_EQ(pivot.times, 0);

  Reply("card", CallOutcome::kSucceeded, "{}");
  Settle();
  EXPECT_EQ(pivot.times, 1);
  EXPECT_EQ(end.times, 0);
  Reply("ship", CallOutcome::kSucceeded, "{}");
  Settle();

  EXPECT_EQ(pivot.times, 1);
  EXPECT_EQ(end.times, 1);
  EXPECT_EQ(end.saga->state, SagaState::kSucceeded);
}

TEST_F(ShardTest, AWaiterIsAnsweredInTimeWhateverTheState) {
  Got started;
  Got waited;
  Start("a", started);
  Wait("a", waited, WaitGoal::kEnd, seconds(5));
  Pass(milliseconds(4'900));
  EXPECT_EQ(waited.times, 0);

  Pass(milliseconds(200));

  EXPECT_EQ(waited.times, 1);
  EXPECT_TRUE(waited.status.ok());
  EXPECT_EQ(waited.saga->state, SagaState::kRunning);
}

TEST_F(ShardTest, ASagaThatIsNotHereIsSaidNotToBe) {
  Got read;
  Got waited;
  Got cancelled;
  Read("ghost", read);
  Wait("ghost", waited, WaitGoal::kEnd, seconds(5));
  Cancel("ghost", cancelled);
  Settle();

  for (const Got* got : {&read, &waited, &cancelled}) {
    EXPECT_EQ(got->times, 1);
    EXPECT_TRUE(got->status.ok());
    EXPECT_FALSE(got->saga.has_value());
  }
}

TEST_F(ShardTest, ACancelThatWasDecidedBeforeTheStartFindsNoSaga) {
  Got started;
  Got cancelled;
  Start("a", started);
  Cancel("a", cancelled);  // Requests are drained before starts.
  Settle();

  EXPECT_EQ(cancelled.times, 1);
  EXPECT_FALSE(cancelled.saga.has_value());
  EXPECT_EQ(started.saga->state, SagaState::kRunning);
}

TEST_F(ShardTest, ACancelledSagaLearnsTheOpenAnswerBeforeItUndoes) {
  Got started;
  Start("a", started);
  Settle();
  Got cancelled;
  Cancel("a", cancelled);
  Settle();

  EXPECT_EQ(cancelled.saga->state, SagaState::kCompensating);
  EXPECT_EQ(caller_.Open(), "stock/action#1") << "its answer decides what is undone";
  EXPECT_EQ(Row("a").status.state, SagaState::kCompensating);
  EXPECT_EQ(store_.ListAudit("default", {}, std::nullopt, 10)->entries.size(), 1U);
}

TEST_F(ShardTest, NoStepIsCalledAfterADecisionThatForbidsIt) {
  Got started;
  Start("a", started);
  Settle();
  // In one batch: the answer that makes the next step due, and a cancel.
  Reply("stock", CallOutcome::kSucceeded, "{}");
  Got cancelled;
  Cancel("a", cancelled);
  shard_->RunOnce(now_);

  // The call left first; only then was the cancel decided, on a saga whose pivot was sent.
  EXPECT_EQ(caller_.Open(), "card/action#1");
  Settle();
  EXPECT_EQ(cancelled.status.reason(), "PIVOT_IN_DOUBT");
}

TEST_F(ShardTest, ADryRunSaysWhatWouldFollowAndDoesNothing) {
  Got started;
  Start("a", started);
  Settle();
  Got dry;
  Operate("a", {.action = OperatorAction::kCompensate}, OperateMode::kDryRun, dry);
  Settle();

  EXPECT_TRUE(dry.status.ok());
  EXPECT_FALSE(dry.answer.plan.empty());
  EXPECT_EQ(dry.saga->state, SagaState::kRunning);
  EXPECT_EQ(Journalled("a"), "saga.started.v1");
  EXPECT_TRUE(store_.ListAudit("default", {}, std::nullopt, 10)->entries.empty());
}

TEST_F(ShardTest, AnOperatorsRequestLeavesOneRecordAndOneAuditEntry) {
  Got started;
  Start("a", started);
  Settle();
  Got first;
  Got again;
  Operate("a", {.action = OperatorAction::kPause}, OperateMode::kDo, first);
  Settle();
  Operate("a", {.action = OperatorAction::kPause}, OperateMode::kDo, again);
  Settle();

  EXPECT_TRUE(first.status.ok());
  EXPECT_TRUE(again.answer.repeated);
  const auto audit = store_.ListAudit("default", {}, std::nullopt, 10);
  ASSERT_EQ(audit->entries.size(), 1U);
  EXPECT_EQ(audit->entries[0].method, "PauseSaga");
  EXPECT_EQ(audit->entries[0].resource, "namespaces/default/sagas/a");
  EXPECT_EQ(Journalled("a"), "saga.started.v1 operator.acted.v1 saga.paused.v1");
  EXPECT_EQ(Row("a").status.health, SagaHealth::kPaused);
}

TEST_F(ShardTest, AParticipantThatIsBackIsCalledWithoutWaitingForTheBackOff) {
  Got started;
  Start("a", started);
  Settle();
  Reply("stock", CallOutcome::kUnknown);
  Settle();

  mailbox_->PostParticipantBack({"default", "p-stock"});
  Pass(milliseconds(10));

  EXPECT_EQ(caller_.Open(), "stock/action#2");
}

TEST_F(ShardTest, AnIdleShardSavesThePublishersCursorOnceASecond) {
  Got started;
  Start("a", started);
  Settle();
  feed_->SetPublished(JournalSeq{1});
  Pass(milliseconds(500));
  EXPECT_EQ(store_.MakeJournal()->Claim(ShardId{0}, "x")->published, JournalSeq{0});
  NewShard();  // The claim above deposed it.
  Settle();
  feed_->SetPublished(JournalSeq{1});

  Pass(milliseconds(1'500));

  EXPECT_EQ(store_.MakeJournal()->Claim(ShardId{0}, "x")->published, JournalSeq{1});
}

TEST_F(ShardTest, WhereNothingIsPublishedTheJournalIsTruncatedAllTheSame) {
  following_ = Following::kNobody;
  NewShard();
  Got started;
  Start("a", started);
  Settle();
  for (const char* step : {"stock", "card", "ship"}) {
    Reply(step, CallOutcome::kSucceeded, "{}");
    Settle();
  }

  Pass(seconds(3));
  store_.Truncate();

  EXPECT_EQ(store_.entry_count(ShardId{0}), 0U);
}

TEST_F(ShardTest, ReadsSeeTheHistoryOfALiveSaga) {
  Got started;
  Start("a", started);
  Settle();
  std::string seen;
  ShardRequest request =
      HistoryArrived{Id("a"), [&seen](const Saga*, const std::string& h) { seen = h; }};
  mailbox_->PostRequest(request);
  Settle();

  EXPECT_EQ(SplitHistory(seen)->size(), 1U);
}

TEST_F(ShardTest, NewSagasAreRefusedWhileTooMuchWaitsToBePublished) {
  unpublished_max_ = 1;
  NewShard();
  Got first;
  Got refused;
  Got repeated;
  Start("a", first);
  Settle();
  Reply("stock", CallOutcome::kSucceeded, "{}");
  Settle();
  Start("b", refused);
  Start("a", repeated);
  Settle();

  EXPECT_EQ(refused.status.reason(), "OVERLOADED");
  EXPECT_EQ(refused.status.code(), StatusCode::kResourceExhausted);
  EXPECT_TRUE(repeated.status.ok()) << "it is no new saga";
  EXPECT_EQ(caller_.Open(), "card/action#1") << "running sagas go on";

  feed_->SetPublished(feed_->last());
  Got taken;
  Start("b", taken);
  Settle();
  EXPECT_TRUE(taken.status.ok());
}

TEST_F(ShardTest, ACensusCountsByDefinitionStateAndHealth) {
  Got started;
  Start("a", started);
  Pass(seconds(1));
  Start("b", started);
  Settle();
  Got cancelled;
  Cancel("b", cancelled);
  Settle();

  std::optional<Census> census;
  ShardRequest asked = CensusArrived{[&census](const Census* taken) { census = *taken; }};
  mailbox_->PostRequest(asked);
  Settle();

  ASSERT_TRUE(census.has_value());
  using Kind = Census::Kind;
  const std::string& name = definition_->name;
  EXPECT_EQ(census->sagas,
            (std::map<Kind, std::int64_t>{{{name, SagaState::kRunning, SagaHealth::kOk}, 1},
                                          {{name, SagaState::kCompensating, SagaHealth::kOk}, 1}}));
  EXPECT_EQ(census->oldest_live.at(name), now_ - seconds(1));
  EXPECT_TRUE(census->oldest_stuck.empty());
}

TEST_F(ShardTest, AShardThatIsAbandonedAnswersEverybodyWhoWaits) {
  Got started;
  Got waited;
  Got queued;
  Start("a", started);
  Wait("a", waited, WaitGoal::kEnd, seconds(30));
  Settle();
  Start("b", queued);

  shard_->Abandon({StatusCode::kUnavailable, "DRAINING", "bye"});

  EXPECT_EQ(waited.status.reason(), "DRAINING");
  EXPECT_EQ(queued.status.reason(), "DRAINING");
}

}  // namespace
}  // namespace saga::testing

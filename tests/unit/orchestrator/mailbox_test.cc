#include "orchestrator/mailbox.h"

#include <gtest/gtest.h>

#include <thread>

#include "orchestrator/limits.h"

namespace saga {
namespace {

const SagaId kSaga("default", "a");

class MailboxTest : public ::testing::Test {
 protected:
  PostOutcome PostStart() {
    StartArrived start{.request = {.saga = kSaga}, .answer = [](const RequestAnswer&) {}};
    return mailbox_->PostStart(start);
  }
  PostOutcome PostRead() {
    ShardRequest read = ReadArrived{kSaga, [](const RequestAnswer&) {}};
    return mailbox_->PostRequest(read);
  }
  ReplyPlace Reserve(Epoch epoch = Epoch{1}) {
    return mailbox_->Reserve(kSaga, {StepIndex{1}, Operation::kUndo, 3}, epoch);
  }

  std::shared_ptr<Mailbox> mailbox_ = std::make_shared<Mailbox>();
};

TEST_F(MailboxTest, RepliesAreDrainedBeforeRequestsAndTheseBeforeStarts) {
  PostStart();
  PostRead();
  Reserve().Post({.outcome = CallOutcome::kSucceeded});

  const auto inputs = mailbox_->Drain(10);

  ASSERT_EQ(inputs.size(), 3U);
  EXPECT_TRUE(std::holds_alternative<ReplyArrived>(inputs[0]));
  EXPECT_TRUE(std::holds_alternative<ReadArrived>(inputs[1]));
  EXPECT_TRUE(std::holds_alternative<StartArrived>(inputs[2]));
}

TEST_F(MailboxTest, AFullMailboxRefusesStartsAndRequestsAtOnceButNeverReplies) {
  for (std::size_t i = 0; i < kMailboxStartsMax; ++i) {
    ASSERT_EQ(PostStart(), PostOutcome::kAccepted);
  }
  for (std::size_t i = 0; i < kMailboxRequestsMax; ++i) {
    ASSERT_EQ(PostRead(), PostOutcome::kAccepted);
  }

  EXPECT_EQ(PostStart(), PostOutcome::kFull);
  EXPECT_EQ(PostRead(), PostOutcome::kFull);
  Reserve().Post({.outcome = CallOutcome::kSucceeded});
  EXPECT_TRUE(std::holds_alternative<ReplyArrived>(mailbox_->Drain(1).front()));
}

TEST_F(MailboxTest, ARefusedStartIsLeftToItsCaller) {
  mailbox_->Close();
  bool answered = false;
  StartArrived start{.request = {.saga = kSaga},
                     .answer = [&answered](const RequestAnswer&) { answered = true; }};

  EXPECT_EQ(mailbox_->PostStart(start), PostOutcome::kClosed);

  start.answer(RequestAnswer());
  EXPECT_TRUE(answered);
}

TEST_F(MailboxTest, TheAnswerCarriesTheCallThatItsPlaceWasReservedFor) {
  Reserve().Post({.outcome = CallOutcome::kSucceeded});

  const auto inputs = mailbox_->Drain(1);
  const auto& arrived = std::get<ReplyArrived>(inputs.front());

  EXPECT_EQ(arrived.saga, kSaga);
  EXPECT_EQ(arrived.reply.step, StepIndex{1});
  EXPECT_EQ(arrived.reply.operation, Operation::kUndo);
  EXPECT_EQ(arrived.reply.attempt, 3U);
}

TEST_F(MailboxTest, APlaceThatIsDroppedReportsAnUnknownOutcome) {
  { const ReplyPlace dropped = Reserve(); }

  const auto inputs = mailbox_->Drain(1);

  ASSERT_EQ(inputs.size(), 1U);
  EXPECT_EQ(std::get<ReplyArrived>(inputs.front()).reply.outcome, CallOutcome::kUnknown);
  EXPECT_EQ(mailbox_->in_flight(), 0U);
}

TEST_F(MailboxTest, CallsOfADeposedOwnerAreNotSent) {
  mailbox_->Own(Epoch{4});
  const ReplyPlace place = Reserve(Epoch{4});
  EXPECT_TRUE(place.StillOwned());

  mailbox_->Disown();
  EXPECT_FALSE(place.StillOwned());
  mailbox_->Own(Epoch{6});

  EXPECT_FALSE(place.StillOwned()) << "somebody else may have gone on in between";
  EXPECT_TRUE(Reserve(Epoch{6}).StillOwned());
}

TEST_F(MailboxTest, AClosedMailboxStillTakesReplies) {
  ReplyPlace place = Reserve();
  mailbox_->Close();

  place.Post({.outcome = CallOutcome::kSucceeded});

  EXPECT_EQ(mailbox_->size(), 1U);
}

TEST_F(MailboxTest, OneNoteIsKeptForAParticipantThatIsBack) {
  mailbox_->PostParticipantBack({"default", "stock"});
  mailbox_->PostParticipantBack({"default", "stock"});
  mailbox_->PostParticipantBack({"default", "card"});

  EXPECT_EQ(mailbox_->Drain(10).size(), 2U);
}

TEST_F(MailboxTest, AnInputWakesTheShardUp) {
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  std::thread poster([this] { PostStart(); });

  mailbox_->Wait(WaitFor::kInput, limit);

  EXPECT_EQ(mailbox_->size(), 1U);
  EXPECT_LT(std::chrono::steady_clock::now(), limit);
  poster.join();
}

TEST_F(MailboxTest, AShardWhoseStoreIsInTroubleIsNotWokenByInputs) {
  PostStart();
  const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(5);

  mailbox_->Wait(WaitFor::kSignal, until);

  EXPECT_GE(std::chrono::steady_clock::now(), until);
}

}  // namespace
}  // namespace saga

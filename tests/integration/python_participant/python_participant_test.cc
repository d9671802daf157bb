// A participant that was written without our code, in a process of its own, which can be killed and
// frozen.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

#include "integration/participants/caller_fixture.h"
#include "participants/limits.h"
#include "support/process.h"
#include "support/wait.h"
#include "warehouse.pb.h"

namespace saga::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string DescriptorSet() {
  std::ifstream file(WAREHOUSE_DIR "/warehouse.binpb", std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string PackRequest(int pieces) {
  warehouse::v1::PackRequest request;
  request.set_order_id("o-1");
  request.set_pieces(pieces);
  return request.SerializeAsString();
}

class PythonParticipantTest : public CallerFixture {
 protected:
  PythonParticipantTest() {
    Start();
    ParticipantRecord record = Record("warehouse", Target());
    record.descriptors = DescriptorSet();
    const auto registered = Register(record);
    EXPECT_TRUE(registered.ok()) << registered.status().ToString();
  }

  // Debian's own Python, for which the packages are.
  void Start() {
    process_.emplace(ProcessOptions{
        .argv = {"/usr/bin/python3", WAREHOUSE_SCRIPT, WAREHOUSE_DIR, std::to_string(port_)}});
    ASSERT_TRUE(process_->WaitForOutput("listening on port ", seconds(20))) << process_->Output();
  }
  std::string Target() const { return "127.0.0.1:" + std::to_string(port_); }
  CallReplied Pack(int pieces) { return CallAndAwait(definition_, PackRequest(pieces)); }

  const int port_ = FreePort();
  std::optional<ChildProcess> process_;
  const DefinitionRef definition_ =
      OneStep({.participant = "warehouse", .method = "Pack", .timeout = milliseconds(1000)});
};

TEST_F(PythonParticipantTest, ItTakesPartByItsDescriptorSet) {
  const CallReplied reply = Pack(3);

  ASSERT_EQ(reply.outcome, CallOutcome::kSucceeded) << reply.failure.message;
  EXPECT_EQ(reply.output->type, "warehouse.v1.Parcel");
  warehouse::v1::Parcel parcel;
  ASSERT_TRUE(parcel.ParseFromString(reply.output->bytes));
  EXPECT_EQ(parcel.parcel_id(), "parcel-o-1");
}

TEST_F(PythonParticipantTest, ARepetitionWithTheSameKeyHasOneEffectAndTheSameAnswer) {
  const CallReplied first = Pack(3);
  const CallReplied second = Pack(3);

  ASSERT_EQ(second.outcome, CallOutcome::kSucceeded);
  EXPECT_EQ(first.output->bytes, second.output->bytes);
  warehouse::v1::Parcel parcel;
  ASSERT_TRUE(parcel.ParseFromString(second.output->bytes));
  EXPECT_EQ(parcel.packed_in_all(), 1);
}

TEST_F(PythonParticipantTest, ItsNoIsANo) {
  const CallReplied reply = Pack(101);

  EXPECT_EQ(reply.outcome, CallOutcome::kRejected);
  EXPECT_EQ(reply.failure.message, "101 pieces do not fit");
}

TEST_F(PythonParticipantTest, WithoutReflectionAndWithoutASetTheErrorSaysHowToUploadOne) {
  const saga::Status status = Register(Record("other", Target())).status();

  EXPECT_EQ(status.reason(), "REFLECTION_MISSING");
  EXPECT_THAT(status.message(), HasSubstr("--descriptor_set_out"));
}

TEST_F(PythonParticipantTest, ItNeedsNoHealthServiceToBeFoundAgainAfterAKill) {
  ASSERT_EQ(Pack(1).outcome, CallOutcome::kSucceeded);
  process_->KillHard();
  ASSERT_TRUE(WaitUntil(seconds(10), [&] {
    Pack(1);
    return Status("warehouse").health == ParticipantHealth::kDown;
  }));
  // Long enough for the pauses between connection attempts to have reached their limit.
  const auto reconnects_are_rare =
      std::chrono::steady_clock::now() + 3 * participants::kReconnectMax;
  ASSERT_TRUE(WaitUntil(seconds(10),
                        [&] { return std::chrono::steady_clock::now() > reconnects_are_rare; }));
  EXPECT_TRUE(Recovered().empty());

  Start();
  const auto back = std::chrono::steady_clock::now();
  ASSERT_TRUE(WaitUntil(seconds(10), [&] { return Pack(1).outcome == CallOutcome::kSucceeded; }));

  EXPECT_LT(std::chrono::steady_clock::now() - back, seconds(2));
  EXPECT_TRUE(WaitUntil(seconds(10), [&] { return !Recovered().empty(); }));
  EXPECT_THAT(Recovered(), ElementsAre("default/warehouse"));
}

TEST_F(PythonParticipantTest, AFrozenOneIsDownByItsTimeoutsAndRecoversWhenItThaws) {
  ASSERT_EQ(Pack(1).outcome, CallOutcome::kSucceeded);
  process_->Freeze();
  Inbox inbox;
  for (int i = 0; i < 10; ++i) {
    caller_.Call(MakeCall(definition_, PackRequest(1)), inbox.Place());
  }
  for (const CallReplied& reply : inbox.Await(10)) {
    EXPECT_EQ(reply.outcome, CallOutcome::kUnknown);
    EXPECT_EQ(reply.failure.code, StatusCode::kDeadlineExceeded);
  }
  EXPECT_TRUE(WaitUntil(seconds(10),
                        [&] { return Status("warehouse").health == ParticipantHealth::kDown; }));

  process_->Thaw();

  EXPECT_TRUE(WaitUntil(seconds(10), [&] { return !Recovered().empty(); }));
  EXPECT_EQ(Pack(1).outcome, CallOutcome::kSucceeded);
}

}  // namespace
}  // namespace saga::test

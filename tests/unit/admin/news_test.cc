// `sagactl signal` and `sagactl report`.
#include <gmock/gmock.h>

#include "unit/admin/sagactl_fixture.h"

namespace saga::admin {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class NewsCommandsTest : public test::SagactlTest {
 protected:
  NewsCommandsTest() {
    v1::Saga& saga = sagad_.sagas.sagas.emplace_back();
    saga.set_name("namespaces/default/sagas/ord-1007");
    saga.set_state(v1::Saga::STATE_RUNNING);
  }
};

TEST_F(NewsCommandsTest, ASignalCarriesItsIdAndItsPayload) {
  const std::string path = WriteFile("payment.json", R"({"amount": 9007199254740993})");
  EXPECT_EQ(Run({"signal", "ord-1007", "payment", "--id", "pay-1", "-f", path}), ExitCode::kDone)
      << err_;

  EXPECT_EQ(out_, "signalled       payment to ord-1007\n");
  ASSERT_THAT(sagad_.sagas.signals, SizeIs(1));
  const v1::SignalSagaRequest& sent = sagad_.sagas.signals[0];
  EXPECT_EQ(sent.name(), "namespaces/default/sagas/ord-1007");
  EXPECT_EQ(sent.signal(), "payment");
  EXPECT_EQ(sent.signal_id(), "pay-1");
  EXPECT_EQ(sent.payload().json(), R"({"amount": 9007199254740993})");
}

TEST_F(NewsCommandsTest, ASignalWithoutAnIdGetsOne) {
  EXPECT_EQ(Run({"signal", "ord-1007", "payment"}), ExitCode::kDone) << err_;
  EXPECT_THAT(sagad_.sagas.signals.at(0).signal_id(), SizeIs(36));
}

TEST_F(NewsCommandsTest, ASignalThatWasKnownOrCameTooLateIsToldSo) {
  sagad_.sagas.signalled.set_already_received(true);
  EXPECT_EQ(Run({"signal", "ord-1007", "payment", "--id", "pay-1"}), ExitCode::kDone);
  EXPECT_THAT(out_, HasSubstr("had come before"));
  sagad_.sagas.signalled.Clear();
  sagad_.sagas.signalled.set_follow_up("namespaces/default/sagas/ord-1007.late.paid");
  EXPECT_EQ(Run({"signal", "ord-1007", "payment", "--id", "pay-2"}), ExitCode::kDone);
  EXPECT_THAT(out_, HasSubstr("too late: ord-1007.late.paid was started"));
}

TEST_F(NewsCommandsTest, AReportSaysDoneWithAnOutputOrRefusedWithAReason) {
  const std::string path = WriteFile("parcel.json", R"({"parcelId": "p-1"})");
  EXPECT_EQ(Run({"report", "token-1", "--done", "-f", path}), ExitCode::kDone) << err_;
  EXPECT_EQ(out_, "reported        done\n");
  EXPECT_EQ(Run({"report", "token-1", "--refused", "LOST", "--message", "fell off"}),
            ExitCode::kDone)
      << err_;
  ASSERT_THAT(sagad_.participants.reports, SizeIs(2));
  EXPECT_EQ(sagad_.participants.reports[0].task_token(), "token-1");
  EXPECT_EQ(sagad_.participants.reports[0].output().json(), R"({"parcelId": "p-1"})");
  EXPECT_EQ(sagad_.participants.reports[1].failure().reason(), "LOST");
  EXPECT_EQ(sagad_.participants.reports[1].failure().code(), 9);
}

TEST_F(NewsCommandsTest, AReportNeedsExactlyOneOutcome) {
  EXPECT_EQ(Run({"report", "token-1"}), ExitCode::kUsage);
  EXPECT_THAT(err_, HasSubstr("--done, or --refused REASON"));
  EXPECT_EQ(Run({"report", "token-1", "--done", "--refused", "LOST"}), ExitCode::kUsage);
  EXPECT_EQ(Run({"report", "token-1", "--refused", "LOST", "-f", "x.json"}), ExitCode::kUsage);
  EXPECT_THAT(sagad_.participants.reports, IsEmpty());
}

TEST_F(NewsCommandsTest, AnotherOutcomeIsRefused) {
  sagad_.participants.report_refusal =
      grpc::Status(grpc::StatusCode::FAILED_PRECONDITION, "it was reported otherwise");
  EXPECT_EQ(Run({"report", "token-1", "--done"}), ExitCode::kRefused);
}

}  // namespace
}  // namespace saga::admin

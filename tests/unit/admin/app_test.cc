#include "admin/app.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <google/rpc/error_details.pb.h>
#include <google/rpc/status.pb.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>

#include "base/version.h"
#include "unit/admin/fake_sagad.h"
#include "unit/admin/sagactl_fixture.h"
#include "unit/admin/samples.h"

namespace saga::admin {
namespace {

using test::SagactlTest;

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

TEST_F(SagactlTest, WithoutArgumentsTheHelpIsPrinted) {
  EXPECT_EQ(Run({}), ExitCode::kDone);
  EXPECT_THAT(out_, HasSubstr("usage: sagactl COMMAND"));
}

TEST_F(SagactlTest, AMisspelledCommandIsExplained) {
  EXPECT_EQ(Run({"lits"}), ExitCode::kUsage);
  EXPECT_THAT(err_, HasSubstr("there is no command 'lits'; did you mean 'list'?"));
  EXPECT_EQ(Run({"definitions", "registr"}), ExitCode::kUsage);
  EXPECT_THAT(err_,
              HasSubstr("there is no command of definitions 'registr'; did you mean 'register'?"));
}

TEST_F(SagactlTest, AMisspelledFlagIsExplained) {
  EXPECT_EQ(Run({"list", "--fliter", "x"}), ExitCode::kUsage);
  EXPECT_THAT(err_, HasSubstr("there is no flag --fliter; did you mean '--filter'?"));
  EXPECT_EQ(Run({"list", "-o", "jsno"}), ExitCode::kUsage);
  EXPECT_THAT(err_, HasSubstr("did you mean 'json'?"));
}

TEST_F(SagactlTest, AGlobalFlagMayStandBehindTheCommand) {
  EXPECT_EQ(Run({"list", "--server", "h:1"}), ExitCode::kDone);
  EXPECT_EQ(server_, "h:1");
}

TEST_F(SagactlTest, TheFlagWinsOverTheEnvironmentAndThatOverTheProfile) {
  const std::string profile = WriteFile("profile.yaml", "# by up\nserver: profile:1\nother: 7\n");
  env_["SAGACTL_PROFILE"] = profile;
  Run({"list"});
  EXPECT_EQ(server_, "profile:1");
  env_["SAGACTL_SERVER"] = "env:1";
  Run({"list"});
  EXPECT_EQ(server_, "env:1");
  Run({"list", "--server", "flag:1"});
  EXPECT_EQ(server_, "flag:1");
}

TEST_F(SagactlTest, AProfileThatIsNotThereIsAnError) {
  EXPECT_EQ(Run({"list", "--profile", "/no/such/file"}), ExitCode::kNotFound);
  EXPECT_THAT(err_, HasSubstr("cannot read the profile '/no/such/file'"));
}

TEST_F(SagactlTest, AServerThatIsAwayIsExitCodeSix) {
  std::istringstream in;
  std::ostringstream out;
  std::ostringstream err;
  const Environment environment{.terminal = {.in = in, .out = out, .err = err},
                                .env = [](const std::string&) { return std::nullopt; },
                                .argv0 = "sagactl",
                                .login = "",
                                .now = [] { return test::kNow; },
                                .connect = ConnectTo};

  // Port 1 is never a gRPC server, and connecting to it fails at once.
  const ExitCode code = RunSagactl({"list", "--server", "127.0.0.1:1"}, environment);

  EXPECT_EQ(code, ExitCode::kUnreachable);
  EXPECT_THAT(err.str(), HasSubstr("error: cannot reach sagad at 127.0.0.1:1"));
  EXPECT_THAT(err.str(), HasSubstr("exit 6"));
}

TEST_F(SagactlTest, JsonIsTheAnswerAndNothingElse) {
  sagad_.sagas.sagas = {test::RunningSaga()};
  EXPECT_EQ(Run({"list", "-o", "json"}), ExitCode::kDone);
  EXPECT_THAT(out_, ::testing::StartsWith("{\n \"sagas\": [\n"));
  EXPECT_THAT(out_, HasSubstr("\"failedAttempts\": 4"));
  EXPECT_THAT(err_, IsEmpty());
}

TEST_F(SagactlTest, IdsAreListedFromAllPages) {
  for (int i = 0; i < 5; ++i) {
    v1::Saga saga = test::RunningSaga();
    saga.set_name("namespaces/default/sagas/ord-" + std::to_string(i));
    sagad_.sagas.sagas.push_back(saga);
  }
  sagad_.sagas.page_size_max = 2;
  EXPECT_EQ(Run({"list", "-o", "ids"}), ExitCode::kDone);
  EXPECT_EQ(out_, "ord-0\nord-1\nord-2\nord-3\nord-4\n");
  EXPECT_EQ(Run({"list", "-o", "ids", "--limit", "3"}), ExitCode::kDone);
  EXPECT_EQ(out_, "ord-0\nord-1\nord-2\n");
}

TEST_F(SagactlTest, ListFlagsBecomeAFilter) {
  Run({"list", "--filter", "owner=\"x\"", "--state", "running", "--since", "1h"});
  ASSERT_THAT(sagad_.sagas.lists, SizeIs(1));
  EXPECT_EQ(sagad_.sagas.lists[0].filter(),
            "owner=\"x\" AND state=RUNNING AND create_time>=\"2026-01-31T13:26:14.000Z\"");
}

TEST_F(SagactlTest, AnUnknownColumnIsExplained) {
  sagad_.sagas.sagas = {test::RunningSaga()};
  EXPECT_EQ(Run({"list", "--columns", "key,stat"}), ExitCode::kUsage);
  EXPECT_THAT(err_, HasSubstr("there is no column 'stat'; did you mean 'state'?"));
  EXPECT_EQ(Run({"list", "--columns", "key,state", "-q"}), ExitCode::kDone);
  EXPECT_EQ(out_, "KEY        STATE\nord-88213  RUNNING\n");
}

TEST_F(SagactlTest, ASagaIsFoundByIdPrefixAndKey) {
  sagad_.sagas.sagas = {test::RunningSaga(), test::StuckSaga()};
  for (const char* name :
       {"019a3c1e-7b1f-7d02-9c11-6f0a2b7e4d10", "019a3c1e-7b", "019a3c1e-7b..", "ord-88213",
        "key:ord-88213", "namespaces/default/sagas/019a3c1e-7b1f-7d02-9c11-6f0a2b7e4d10"}) {
    EXPECT_EQ(Run({"show", name, "-o", "ids"}), ExitCode::kDone) << name << err_;
    EXPECT_EQ(out_, "019a3c1e-7b1f-7d02-9c11-6f0a2b7e4d10\n") << name;
  }
  EXPECT_EQ(Run({"show", "019a3c"}), ExitCode::kNotFound);
  EXPECT_THAT(err_, HasSubstr("help SAGA_NOT_FOUND"));
}

TEST_F(SagactlTest, AnAmbiguousKeyIsRefusedWithTheCandidates) {
  v1::Saga other = test::RunningSaga();
  other.set_name("namespaces/default/sagas/second");
  sagad_.sagas.sagas = {test::RunningSaga(), other};
  EXPECT_EQ(Run({"retry", "ord-88213", "--reason", "because it is"}), ExitCode::kUsage);
  EXPECT_THAT(err_, HasSubstr("second (RUNNING)"));
  EXPECT_THAT(sagad_.operators.retries, IsEmpty());
}

TEST_F(SagactlTest, AChangeWithoutReasonIsRefused) {
  sagad_.sagas.sagas = {test::StuckSaga()};
  EXPECT_EQ(Run({"retry", "ord-1007"}), ExitCode::kUsage);
  EXPECT_THAT(err_, HasSubstr("--reason is required"));
  EXPECT_THAT(sagad_.operators.retries, IsEmpty());
}

TEST_F(SagactlTest, RetryActsOnTheStateThatWasSeenAndSaysWho) {
  sagad_.sagas.sagas = {test::StuckSaga()};
  EXPECT_EQ(Run({"retry", "ord-1007", "--reason", "stock corrected"}), ExitCode::kDone);
  ASSERT_THAT(sagad_.operators.retries, SizeIs(1));
  EXPECT_EQ(sagad_.operators.retries[0].context().etag(), "r11");
  EXPECT_EQ(sagad_.operators.retries[0].context().reason(), "stock corrected");
  EXPECT_EQ(sagad_.sagas.actor, "alice");
  EXPECT_THAT(out_, HasSubstr("retried       checkout@7 ord-1007  COMPENSATING"));
}

TEST_F(SagactlTest, AMildChangeIsRepeatedWhenTheSagaMovedOn) {
  sagad_.sagas.sagas = {test::StuckSaga()};
  sagad_.operators.races = 2;
  EXPECT_EQ(Run({"retry", "ord-1007", "--reason", "stock corrected"}), ExitCode::kDone);
  EXPECT_THAT(sagad_.operators.retries, SizeIs(3));
  sagad_.operators.races = 1;
  EXPECT_EQ(Run({"retry", "ord-1007", "--reason", "stock corrected", "--etag", "r11"}),
            ExitCode::kRefused);
}

TEST_F(SagactlTest, RetryReadsNamesFromStandardInput) {
  v1::Saga other = test::StuckSaga();
  other.set_name("namespaces/default/sagas/ord-1008");
  sagad_.sagas.sagas = {test::StuckSaga(), other};
  EXPECT_EQ(Run({"retry", "-", "--reason", "stock corrected"}, "ord-1007\n\nord-1008\n"),
            ExitCode::kDone);
  EXPECT_THAT(sagad_.operators.retries, SizeIs(2));
  EXPECT_THAT(err_, HasSubstr("2 sagas named, 2 retried, 0 refused"));
}

TEST_F(SagactlTest, OneRefusalOfSeveralIsExitCodeSixteen) {
  v1::Saga other = test::StuckSaga();
  other.set_name("namespaces/default/sagas/ord-1008");
  sagad_.sagas.sagas = {test::StuckSaga(), other};
  sagad_.operators.refusals["ord-1007"] =
      test::Refusal(grpc::FAILED_PRECONDITION, "STEP_NOT_RETRYABLE", "nothing waits");
  EXPECT_EQ(Run({"retry", "ord-1007", "ord-1008", "--reason", "stock corrected"}),
            ExitCode::kSomeRefused);
  EXPECT_THAT(err_, HasSubstr("2 sagas named, 1 retried, 1 refused"));
}

TEST_F(SagactlTest, ARefusalIsExplainedWithItsReason) {
  sagad_.sagas.sagas = {test::RunningSaga()};
  sagad_.operators.refusals["019a3c1e-7b1f-7d02-9c11-6f0a2b7e4d10"] =
      test::Refusal(grpc::FAILED_PRECONDITION, "PIVOT_PASSED", "capture is past");
  EXPECT_EQ(Run({"compensate", "ord-88213", "--reason", "customer called", "--yes"}),
            ExitCode::kRefused);
  EXPECT_EQ(err_,
            "error: refused, capture is past                                           exit 5\n"
            "  The saga can only go forward. If money must go back, start a saga that does that.\n"
            "  more: ./sagactl help PIVOT_PASSED\n");
}

TEST_F(SagactlTest, AModerateChangeNeedsAgreement) {
  sagad_.sagas.sagas = {test::RunningSaga()};
  const std::vector<std::string> command = {"compensate", "ord-88213", "--reason",
                                            "customer called"};
  EXPECT_EQ(Run(command), ExitCode::kUsage);
  EXPECT_THAT(err_, HasSubstr("add --yes"));
  EXPECT_THAT(sagad_.operators.compensations, IsEmpty());

  in_is_tty_ = true;
  EXPECT_EQ(Run(command, "n\n"), ExitCode::kInterrupted);
  ASSERT_THAT(sagad_.operators.compensations, SizeIs(1));
  EXPECT_TRUE(sagad_.operators.compensations[0].context().validate_only());

  EXPECT_EQ(Run(command, "y\n"), ExitCode::kDone);
  ASSERT_THAT(sagad_.operators.compensations, SizeIs(3));
  EXPECT_FALSE(sagad_.operators.compensations[2].context().validate_only());
  EXPECT_THAT(err_, HasSubstr("would compensate"));
}

TEST_F(SagactlTest, ResolveWantsTheKeyAndYesIsNotEnough) {
  sagad_.sagas.sagas = {test::StuckSaga()};
  std::vector<std::string> command = {"resolve",     "ord-1007",        "--as",
                                      "compensated", "--ref",           "INC-1",
                                      "--reason",    "checked by hand", "--yes"};
  EXPECT_EQ(Run(command), ExitCode::kUsage);
  EXPECT_THAT(err_, HasSubstr("--confirm=ord-1007"));

  in_is_tty_ = true;
  EXPECT_EQ(Run(command, "ord-1008\n"), ExitCode::kInterrupted);
  EXPECT_EQ(Run(command, "ord-1007\n"), ExitCode::kDone);
  EXPECT_THAT(err_, HasSubstr("The engine will not call anybody again."));
  EXPECT_THAT(out_, HasSubstr("COMPENSATING -> RESOLVED (compensated)"));

  in_is_tty_ = false;
  command.push_back("--confirm=ord-1007");
  EXPECT_EQ(Run(command), ExitCode::kDone);
  command.back() = "--confirm=ord-1008";
  EXPECT_EQ(Run(command), ExitCode::kUsage);
}

TEST_F(SagactlTest, SkipAndResolveTakeOneSagaOnly) {
  sagad_.sagas.sagas = {test::StuckSaga()};
  EXPECT_EQ(Run({"skip", "-", "reserve_stock", "--reason", "it is done", "--yes"}, "ord-1007\n"),
            ExitCode::kUsage);
  EXPECT_THAT(err_, HasSubstr("one saga at a time"));
}

TEST_F(SagactlTest, SkipNamesTheStepAndItsOperation) {
  sagad_.sagas.sagas = {test::StuckSaga()};
  EXPECT_EQ(Run({"skip", "ord-1007", "reserve_stock", "--op", "undo", "--as", "rejected",
                 "--reason", "it was refused", "--yes"}),
            ExitCode::kDone)
      << err_;
  ASSERT_THAT(sagad_.operators.skips, SizeIs(1));
  EXPECT_EQ(sagad_.operators.skips[0].step_id(), "reserve_stock");
  EXPECT_EQ(sagad_.operators.skips[0].operation(), v1::OPERATION_UNDO);
  EXPECT_EQ(sagad_.operators.skips[0].settle_as(), v1::SkipStepRequest::SETTLE_AS_REJECTED);
}

TEST_F(SagactlTest, ForceIsSevereAndSendsNoEtag) {
  sagad_.sagas.sagas = {test::StuckSaga()};
  EXPECT_EQ(Run({"retry", "ord-1007", "--reason", "stock corrected", "--force"}), ExitCode::kUsage);
  EXPECT_EQ(
      Run({"retry", "ord-1007", "--reason", "stock corrected", "--force", "--confirm", "ord-1007"}),
      ExitCode::kDone);
  ASSERT_THAT(sagad_.operators.retries, SizeIs(1));
  EXPECT_TRUE(sagad_.operators.retries[0].context().force());
  EXPECT_EQ(sagad_.operators.retries[0].context().etag(), "");
}

TEST_F(SagactlTest, ADryRunChangesNothing) {
  sagad_.sagas.sagas = {test::StuckSaga()};
  v1::PlannedCall call;
  call.set_step_id("reserve_stock");
  call.set_operation(v1::OPERATION_UNDO);
  call.set_method("inventory/shop.stock.v1.Inventory/Release");
  sagad_.operators.plan = {call};
  EXPECT_EQ(Run({"retry", "ord-1007", "--reason", "stock corrected", "--dry-run"}),
            ExitCode::kDone);
  EXPECT_TRUE(sagad_.operators.retries[0].context().validate_only());
  EXPECT_EQ(out_,
            "would retry       checkout@7 ord-1007  COMPENSATING, STUCK\n"
            "would call        1  inventory/Release  reserve_stock/undo\n"
            "nothing was changed; without --dry-run it would be\n");
}

TEST_F(SagactlTest, APauseAnnouncesNoCalls) {
  sagad_.sagas.sagas = {test::RunningSaga()};
  v1::PlannedCall call;
  call.set_step_id("capture");
  call.set_method("payments/Capture");
  sagad_.operators.plan = {call};
  EXPECT_EQ(Run({"pause", "ord-88213", "--reason", "payments is down"}), ExitCode::kDone);
  EXPECT_EQ(out_, "paused        checkout@7 ord-88213  RUNNING, PAUSED\n");
}

TEST_F(SagactlTest, CancelAsksTheSagaServiceAndPreviewsACompensation) {
  sagad_.sagas.sagas = {test::RunningSaga()};
  EXPECT_EQ(Run({"cancel", "ord-88213", "--reason", "customer called", "--dry-run"}),
            ExitCode::kDone);
  EXPECT_THAT(sagad_.sagas.cancels, IsEmpty());
  EXPECT_EQ(Run({"cancel", "ord-88213", "--reason", "customer called", "--yes"}), ExitCode::kDone);
  ASSERT_THAT(sagad_.sagas.cancels, SizeIs(1));
  EXPECT_EQ(sagad_.sagas.cancels[0].etag(), "r9");
}

TEST_F(SagactlTest, StartSendsTheInputByteForByte) {
  const std::string json = "{ \"n\": 9007199254740993,\n\t\"x\": 1.10 }\n";
  const std::string path = WriteFile("order.json", json);
  EXPECT_EQ(Run({"start", "checkout", "-f", path, "--id", "ord-1", "--key", "k 1", "--label", "a=b",
                 "--label", "c=d=e", "--deadline", "1m30s"}),
            ExitCode::kDone)
      << err_;
  ASSERT_THAT(sagad_.sagas.starts, SizeIs(1));
  const v1::StartSagaRequest& start = sagad_.sagas.starts[0];
  EXPECT_EQ(start.input().json(), json);
  EXPECT_EQ(start.saga_id(), "ord-1");
  EXPECT_EQ(start.labels().at("c"), "d=e");
  EXPECT_EQ(start.deadline().seconds(), 90);
  EXPECT_EQ(out_, "started       checkout@7  ord-1  key k 1\n");
}

TEST_F(SagactlTest, StartMakesAnIdSoThatItCanBeRepeated) {
  sagad_.sagas.start_refusal = grpc::Status(grpc::UNAVAILABLE, "Socket closed");
  EXPECT_EQ(Run({"start", "checkout", "-f", "-"}, "{}"), ExitCode::kUnreachable);
  ASSERT_THAT(sagad_.sagas.starts, SizeIs(1));
  EXPECT_THAT(sagad_.sagas.starts[0].saga_id(), SizeIs(36));
  EXPECT_THAT(err_, HasSubstr("repeat it safely with --id " + sagad_.sagas.starts[0].saga_id()));
}

TEST_F(SagactlTest, StartRefusesInputThatIsNoText) {
  EXPECT_EQ(Run({"start", "checkout", "-f", "-"}, "\xff\xfe"), ExitCode::kUsage);
  EXPECT_EQ(Run({"start", "checkout", "-f", "-", "--protobuf-type", "a.B"}, "\xff\xfe"),
            ExitCode::kDone);
  EXPECT_EQ(sagad_.sagas.starts.back().input().protobuf(), "\xff\xfe");
  EXPECT_EQ(sagad_.sagas.starts.back().input().type(), "a.B");
}

TEST_F(SagactlTest, WaitAnswersByItsExitCode) {
  v1::Saga saga = test::CompensatedSaga();
  sagad_.sagas.sagas = {saga};
  EXPECT_EQ(Run({"wait", "ord-1003"}), ExitCode::kCompensated);

  saga.set_state(v1::Saga::STATE_RESOLVED);
  sagad_.sagas.sagas = {saga};
  EXPECT_EQ(Run({"wait", "ord-1003"}), ExitCode::kResolved);

  saga.set_state(v1::Saga::STATE_SUCCEEDED);
  sagad_.sagas.sagas = {saga};
  EXPECT_EQ(Run({"wait", "ord-1003"}), ExitCode::kDone);

  sagad_.sagas.sagas = {test::StuckSaga()};
  EXPECT_EQ(Run({"wait", "ord-1007"}), ExitCode::kStuck);

  sagad_.sagas.sagas = {test::RunningSaga()};
  EXPECT_EQ(Run({"wait", "ord-88213", "--timeout", "10ms"}), ExitCode::kStillRunning);
  sagad_.sagas.sagas[0].set_pivot_passed(true);
  EXPECT_EQ(Run({"wait", "ord-88213", "--until", "pivot"}), ExitCode::kDone);
  EXPECT_EQ(Run({"wait", "ord-88213", "--until", "pivto"}), ExitCode::kUsage);
}

TEST_F(SagactlTest, WatchOfOneSagaPrintsHistoryAndNewsOnceUntilTheEnd) {
  sagad_.sagas.sagas = {test::StuckSaga()};
  sagad_.sagas.events = test::StuckEvents();
  v1::WatchSagasResponse news;
  *news.add_events() = sagad_.sagas.events.back();  // Known already.
  *news.add_events() = test::Event(8, "saga.resolved.v1", test::kNow);
  *news.add_events() = test::Event(9, "saga.never.v1", test::kNow);
  sagad_.sagas.feed = {v1::WatchSagasResponse(), news};

  EXPECT_EQ(Run({"watch", "ord-1007"}), ExitCode::kDone) << err_;

  EXPECT_EQ(std::count(out_.begin(), out_.end(), '\n'), 8);
  EXPECT_THAT(out_, HasSubstr("RESOLVED"));
  EXPECT_THAT(out_, Not(HasSubstr("never")));
  EXPECT_EQ(sagad_.sagas.watches[0].filter(), "saga=\"ord-1007\"");
}

TEST_F(SagactlTest, WatchWithExitStatusReturnsWhenAPersonIsNeeded) {
  sagad_.sagas.sagas = {test::StuckSaga()};
  sagad_.sagas.events = test::StuckEvents();
  EXPECT_EQ(Run({"watch", "ord-1007", "--exit-status"}), ExitCode::kStuck);
}

TEST_F(SagactlTest, WatchSaysWhereToGoOnWhenTheServerGoes) {
  v1::WatchSagasResponse news;
  *news.add_events() = test::Event(8, "saga.succeeded.v1", test::kNow);
  news.set_cursor("c-8");
  sagad_.sagas.feed = {news};
  env_["SAGACTL_PATIENCE"] = "0s";
  EXPECT_EQ(Run({"watch", "--cursor", "c-7"}), ExitCode::kUnreachable);
  EXPECT_EQ(sagad_.sagas.watches[0].cursor(), "c-7");
  EXPECT_THAT(out_, HasSubstr("ord-1007"));
  EXPECT_THAT(err_, HasSubstr("--cursor c-8"));
}

TEST_F(SagactlTest, WatchGoesOnWhereItWasWhenTheServerIsBack) {
  v1::WatchSagasResponse news;
  *news.add_events() = test::Event(8, "saga.succeeded.v1", test::kNow);
  news.set_cursor("c-8");
  sagad_.sagas.feed = {news};
  env_["SAGACTL_PATIENCE"] = "500ms";
  EXPECT_EQ(Run({"watch"}), ExitCode::kUnreachable);
  ASSERT_GT(sagad_.sagas.watches.size(), 1U);
  EXPECT_EQ(sagad_.sagas.watches[1].cursor(), "c-8");
  EXPECT_THAT(err_, HasSubstr("waiting for the server"));
}

TEST_F(SagactlTest, StuckProposesTheCommandThatHelps) {
  sagad_.sagas.sagas = {test::StuckSaga()};
  sagad_.operators.groups = {test::StuckGroupOf(1)};
  EXPECT_EQ(Run({"stuck", "--fail-if-any"}), ExitCode::kSomethingFound);
  EXPECT_THAT(out_, HasSubstr("./sagactl retry ord-1007 --reason \"cause mended\""));
  sagad_.operators.groups.clear();
  EXPECT_EQ(Run({"stuck", "--fail-if-any"}), ExitCode::kDone);
  EXPECT_EQ(out_, "nothing is stuck\n");
}

TEST_F(SagactlTest, ABrokenDefinitionIsShownWithItsLines) {
  google::rpc::Status details;
  details.ParseFromString(
      test::Refusal(grpc::INVALID_ARGUMENT, "DEFINITION_INVALID", "line 2").error_details());
  google::rpc::BadRequest bad;
  bad.add_field_violations()->set_field("source:2:1");
  bad.mutable_field_violations(0)->set_description("SAGA002 unknown key 'stepz'");
  details.add_details()->PackFrom(bad);
  sagad_.definitions.refusal =
      grpc::Status(grpc::INVALID_ARGUMENT, "line 2", details.SerializeAsString());
  const std::string path = WriteFile("broken.yaml", "saga: x\nstepz: []\n");

  EXPECT_EQ(Run({"definitions", "register", path}), ExitCode::kDefinitionBroken);

  EXPECT_EQ(err_,
            path +
                ":2:1: error: SAGA002 unknown key 'stepz'\n"
                "    2 | stepz: []\n"
                "      | ^\n"
                "error: 1 error, nothing was registered                                   exit 11\n"
                "  more: ./sagactl help DEFINITION_INVALID\n");
}

TEST_F(SagactlTest, RetiringAVersionInUseNeedsItsName) {
  sagad_.definitions.definition.set_name("namespaces/default/definitions/checkout/versions/7");
  sagad_.definitions.definition.set_sagas_in_flight(3);
  EXPECT_EQ(Run({"definitions", "retire", "checkout@7"}), ExitCode::kUsage);
  EXPECT_THAT(sagad_.definitions.retirements, IsEmpty());
  EXPECT_EQ(Run({"definitions", "retire", "checkout@7", "--confirm=checkout@7"}), ExitCode::kDone);
  EXPECT_THAT(sagad_.definitions.retirements, SizeIs(1));
}

TEST_F(SagactlTest, NamesGoIntoTheNamespaceThatWasAskedFor) {
  sagad_.participants.participant = test::Inventory();
  Run({"participants", "register", "inventory", "dns:///i:1", "--namespace", "shop"});
  ASSERT_THAT(sagad_.participants.registrations, SizeIs(1));
  EXPECT_EQ(sagad_.participants.registrations[0].name(), "namespaces/shop/participants/inventory");
  EXPECT_EQ(sagad_.participants.registrations[0].target(), "dns:///i:1");
}

TEST_F(SagactlTest, AProbeThatFindsAProblemIsExitCodeTen) {
  sagad_.participants.participant = test::Inventory();
  EXPECT_EQ(Run({"participants", "probe", "inventory"}), ExitCode::kDone);
  sagad_.participants.problems = {"no method NotifyV2 (used by refund@2)"};
  EXPECT_EQ(Run({"participants", "probe", "inventory"}), ExitCode::kSomethingFound);
  EXPECT_THAT(out_, HasSubstr("problem       no method NotifyV2"));
}

TEST_F(SagactlTest, HelpKnowsCommandsTopicsAndReasons) {
  EXPECT_EQ(Run({"help", "exit-codes"}), ExitCode::kDone);
  EXPECT_THAT(out_, HasSubstr("  130  "));
  EXPECT_EQ(Run({"help", "pivot_passed"}), ExitCode::kDone);
  EXPECT_THAT(out_, HasSubstr("PIVOT_PASSED"));
  EXPECT_EQ(Run({"help", "definitions", "register"}), ExitCode::kDone);
  EXPECT_THAT(out_, HasSubstr("usage: sagactl definitions register FILE [flags]"));
  EXPECT_EQ(Run({"help", "exit-code"}), ExitCode::kNotFound);
  EXPECT_THAT(err_, HasSubstr("did you mean 'exit-codes'?"));
}

TEST_F(SagactlTest, VersionNamesBothSides) {
  EXPECT_EQ(Run({"version", "--server", "h:1"}), ExitCode::kDone);
  EXPECT_EQ(out_, fmt::format("sagactl  {}\nsagad    0.0.7  at h:1\n", Version()));
}

// Regenerate with: sagactl help --markdown > docs/reference/cli.md
TEST_F(SagactlTest, TheReferenceIsWhatTheProgramSays) {
  ASSERT_EQ(Run({"help", "--markdown"}), ExitCode::kDone);
  std::ifstream file("docs/reference/cli.md");
  const std::string stored{std::istreambuf_iterator<char>(file), {}};
  EXPECT_TRUE(stored == out_) << "docs/reference/cli.md is stale";
}

}  // namespace
}  // namespace saga::admin

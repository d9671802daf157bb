// Registering, listing and probing participants.
#include <gmock/gmock.h>
#include <google/protobuf/descriptor.pb.h>
#include <gtest/gtest.h>

#include "integration/participants/caller_fixture.h"
#include "integration/participants/test_server.h"
#include "support/process.h"
#include "support/wait.h"

namespace saga::test {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class RegistrationTest : public CallerFixture {
 protected:
  static std::string Descriptors() {
    google::protobuf::FileDescriptorSet set;
    const auto* file = ::test::stock::v1::ReserveRequest::descriptor()->file();
    file->CopyTo(set.add_file());
    file->dependency(0)->CopyTo(set.add_file());
    return set.SerializeAsString();
  }
};

TEST_F(RegistrationTest, TheOnlyServiceBecomesTheDefaultAndItsMethodsAreListed) {
  TestServer server;

  const auto registered = Register(Record("stock", server.target(), 0));

  ASSERT_TRUE(registered.ok()) << registered.status().ToString();
  EXPECT_FALSE(registered->unchanged);
  EXPECT_EQ(registered->participant.record.service, "test.stock.v1.Stock");
  EXPECT_EQ(registered->participant.record.max_in_flight, 200U);
  EXPECT_THAT(registered->participant.methods,
              ElementsAre("test.stock.v1.Stock/Confirm", "test.stock.v1.Stock/Release",
                          "test.stock.v1.Stock/Reserve"));
  EXPECT_EQ(directory_.List("default").size(), 1U);
  EXPECT_THAT(directory_.List("other"), IsEmpty());
}

TEST_F(RegistrationTest, ReflectionV1IsAskedFirstAndImportsAreFetched) {
  TestServer server({.reflection = Reflection::kV1});

  const auto registered = Register(Record("stock", server.target()));

  ASSERT_TRUE(registered.ok()) << registered.status().ToString();
  EXPECT_EQ(server.reflection_v1_questions(), 3);  // List, service file, its import.
  EXPECT_EQ(CallAndAwait(OneStep(), Behave("ok")).outcome, CallOutcome::kSucceeded);
}

TEST_F(RegistrationTest, TheSameRegistrationAgainChangesNothing) {
  TestServer server;
  ASSERT_TRUE(Register(Record("stock", server.target())).ok());

  const auto again = Register(Record("stock", server.target()));

  ASSERT_TRUE(again.ok());
  EXPECT_TRUE(again->unchanged);
}

TEST_F(RegistrationTest, CheckOnlyStoresNothing) {
  TestServer server;

  const auto checked = directory_.Register({.record = Record("stock", server.target())}, {},
                                           ParticipantDirectory::Mode::kCheckOnly);

  ASSERT_TRUE(checked.ok());
  EXPECT_FALSE(checked->unchanged);
  EXPECT_EQ(directory_.Get("default", "stock"), std::nullopt);
}

TEST_F(RegistrationTest, AnUploadedDescriptorSetNeedsNoServer) {
  ParticipantRecord record = Record("stock", "127.0.0.1:" + std::to_string(FreePort()));
  record.descriptors = Descriptors();

  const auto registered = Register(record);

  ASSERT_TRUE(registered.ok()) << registered.status().ToString();
  EXPECT_TRUE(registered->participant.record.descriptors_uploaded);
  // A later registration without a set keeps it.
  TestServer server;
  ASSERT_TRUE(Register(Record("stock", server.target())).ok());
  EXPECT_TRUE(directory_.Get("default", "stock")->record.descriptors_uploaded);
  EXPECT_EQ(CallAndAwait(OneStep(), Behave("ok")).outcome, CallOutcome::kSucceeded);
}

TEST_F(RegistrationTest, AnUnreachableParticipantWithoutDescriptorsIsRefusedWithTheRemedy) {
  const std::string target = "127.0.0.1:" + std::to_string(FreePort());

  const saga::Status status = Register(Record("stock", target)).status();

  EXPECT_EQ(status.code(), StatusCode::kUnavailable);
  EXPECT_EQ(status.reason(), "PARTICIPANT_UNREACHABLE");
  EXPECT_THAT(status.message(), HasSubstr(target));
  EXPECT_THAT(status.message(), HasSubstr("descriptor_set"));
  EXPECT_THAT(directory_.List("default"), IsEmpty());
}

TEST_F(RegistrationTest, AKnownParticipantMayMoveWhileItIsDown) {
  {
    TestServer server;
    ASSERT_TRUE(Register(Record("stock", server.target())).ok());
  }
  const std::string target = "127.0.0.1:" + std::to_string(FreePort());

  ASSERT_TRUE(Register(Record("stock", target)).ok());

  EXPECT_EQ(directory_.Get("default", "stock")->record.target, target);
  EXPECT_FALSE(directory_.Get("default", "stock")->methods.empty());
}

TEST_F(RegistrationTest, WrongFieldsAreNamed) {
  TestServer server;
  const auto field_of = [&](const ParticipantRecord& record) {
    const saga::Status status = Register(record).status();
    EXPECT_EQ(status.reason(), "FIELD_INVALID") << status.ToString();
    return status.violations().empty() ? "" : status.violations()[0].field;
  };
  EXPECT_EQ(field_of(Record("stock", "localhost")), "target");
  EXPECT_EQ(field_of(Record("st ock", server.target())), "name");
  EXPECT_EQ(field_of(Record("stock", server.target(), 10'001)), "max_in_flight");
  ParticipantRecord wrong_service = Record("stock", server.target());
  wrong_service.service = "test.stock.v1.Stok";
  EXPECT_EQ(field_of(wrong_service), "service");
  EXPECT_THAT(Register(wrong_service).status().message(),
              HasSubstr("did you mean 'test.stock.v1.Stock'"));
  ParticipantRecord no_tls_file = Record("stock", server.target());
  no_tls_file.tls = true;
  no_tls_file.tls_files.ca = "/nowhere/ca.pem";
  EXPECT_EQ(field_of(no_tls_file), "tls_ca_file");
  ParticipantRecord garbage = Record("stock", server.target());
  garbage.descriptors = "\xff\xff";
  EXPECT_EQ(field_of(garbage), "descriptor_set");
}

TEST_F(RegistrationTest, AProbeTellsHealthLatencyAndWhatDefinitionsMiss) {
  TestServer server;
  ASSERT_TRUE(Register(Record("stock", server.target())).ok());
  uses_ = {{"order@3", "Reserve"}, {"refund@2", "Restock"}};

  const auto probed = directory_.Probe("default", "stock");

  ASSERT_TRUE(probed.ok());
  EXPECT_EQ(probed->participant.health, ParticipantHealth::kServing);
  EXPECT_GT(probed->latency.count(), 0);
  EXPECT_THAT(probed->problems,
              ElementsAre(::testing::AllOf(HasSubstr("no method 'test.stock.v1.Stock/Restock'"),
                                           HasSubstr("refund@2"))));
}

TEST_F(RegistrationTest, AProbeOfOneThatIsGoneIsNoErrorAndShowsIt) {
  {
    TestServer server;
    ASSERT_TRUE(Register(Record("stock", server.target())).ok());
  }

  const auto probed = directory_.Probe("default", "stock");

  ASSERT_TRUE(probed.ok());
  EXPECT_EQ(probed->participant.health, ParticipantHealth::kDown);
  EXPECT_THAT(probed->problems, Contains(HasSubstr("no answer from 127.0.0.1")));
  EXPECT_EQ(directory_.Probe("default", "nobody").status().reason(), "PARTICIPANT_NOT_FOUND");
}

TEST_F(RegistrationTest, AProbeFindsAServerThatIsBackAndSaysSo) {
  int port = 0;
  {
    TestServer server;
    port = server.port();
    ASSERT_TRUE(Register(Record("stock", server.target())).ok());
  }
  ASSERT_EQ(directory_.Probe("default", "stock")->participant.health, ParticipantHealth::kDown);
  TestServer server({.port = port});

  EXPECT_TRUE(WaitUntil(seconds(10), [&] { return !Recovered().empty(); }));
}

}  // namespace
}  // namespace saga::test

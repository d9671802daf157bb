// Participants behind TLS, with certificates made for the test.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

#include "integration/participants/caller_fixture.h"
#include "integration/participants/test_server.h"
#include "support/process.h"

namespace saga::test {
namespace {

using ::testing::HasSubstr;

std::string Read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// A self-signed certificate for 127.0.0.1, which is its own authority: NAME.crt and NAME.key.
void MakeCertificate(const std::filesystem::path& folder, const std::string& name) {
  RunProgram({.argv = {"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                       "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                       "/CN=" + name, "-addext", "subjectAltName=IP:127.0.0.1", "-keyout",
                       folder / (name + ".key"), "-out", folder / (name + ".crt")}},
             seconds(20));
}

class TlsTest : public CallerFixture {
 protected:
  TlsTest() {
    MakeCertificate(folder_, "server");
    MakeCertificate(folder_, "client");
    grpc::SslServerCredentialsOptions options(
        GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
    options.pem_key_cert_pairs.push_back(
        {Read(folder_ / "server.key"), Read(folder_ / "server.crt")});
    options.pem_root_certs = Read(folder_ / "client.crt");
    server_.emplace(TestServerOptions{.credentials = grpc::SslServerCredentials(options)});
  }
  ~TlsTest() override { std::filesystem::remove_all(folder_); }

  ParticipantRecord TlsRecord() const {
    ParticipantRecord record = Record("stock", server_->target());
    record.tls = true;
    record.tls_files = {.ca = folder_ / "server.crt",
                        .certificate = folder_ / "client.crt",
                        .key = folder_ / "client.key"};
    return record;
  }

  const std::filesystem::path folder_ = MakeTempFolder("saga-tls-");
  std::optional<TestServer> server_;
};

TEST_F(TlsTest, BothSidesShowTheirCertificates) {
  const auto registered = Register(TlsRecord());

  ASSERT_TRUE(registered.ok()) << registered.status().ToString();
  EXPECT_EQ(CallAndAwait(OneStep(), Behave("ok")).outcome, CallOutcome::kSucceeded);
}

TEST_F(TlsTest, AServerThatTheAuthorityDoesNotKnowIsNotTalkedTo) {
  ASSERT_TRUE(Register(TlsRecord()).ok());
  ParticipantRecord wrong = TlsRecord();
  wrong.tls_files.ca = folder_ / "client.crt";
  ASSERT_TRUE(Register(wrong).ok());  // With the descriptors that are known.

  const CallReplied reply = CallAndAwait(OneStep(), Behave("ok"));

  EXPECT_EQ(reply.failure.code, StatusCode::kUnavailable);
  EXPECT_EQ(server_->calls_seen(), 0);
}

TEST_F(TlsTest, ACallerWithoutACertificateIsRefused) {
  ParticipantRecord record = TlsRecord();
  record.tls_files.certificate = record.tls_files.key = "";

  EXPECT_EQ(Register(record).status().reason(), "PARTICIPANT_UNREACHABLE");
}

TEST_F(TlsTest, AFileThatIsGoneIsAPersonsBusinessAndIsNamed) {
  ASSERT_TRUE(Register(TlsRecord()).ok());
  std::filesystem::remove(folder_ / "server.crt");
  // As after a restart: the registration is loaded without looking at the files.
  participants::ParticipantRegistry reloaded(store_);
  ASSERT_TRUE(reloaded.Load().ok());
  participants::Caller caller(reloaded, transport_, InputAsRequest, {});
  Inbox inbox;

  caller.Call(MakeCall(OneStep(), Behave("ok")), inbox.Place());

  ASSERT_EQ(inbox.Await(1).size(), 1U);
  EXPECT_EQ(inbox.Await(1)[0].outcome, CallOutcome::kMisconfigured);
  EXPECT_THAT(inbox.Await(1)[0].failure.message, HasSubstr("server.crt"));
}

}  // namespace
}  // namespace saga::test

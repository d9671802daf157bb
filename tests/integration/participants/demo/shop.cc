#include "integration/participants/demo/shop.h"

#include <gtest/gtest.h>

#include <fstream>
#include <pqxx/pqxx>

#include "participants/sdk/failure.h"
#include "support/postgres.h"
#include "support/wait.h"

namespace saga::demo {
namespace {

constexpr std::chrono::milliseconds kOutcomeSoon{10};

}  // namespace

void Prepare(grpc::ClientContext& context, const CallOptions& options) {
  context.AddMetadata("idempotency-key", fmt::format("test/default/{}:{}:{}", options.saga,
                                                     options.step, options.operation));
  context.AddMetadata("saga-id", options.saga);
  context.AddMetadata("saga-attempt", std::to_string(options.attempt));
  context.AddMetadata("saga-rejectable", options.rejectable);
  if (*options.task_token != 0) context.AddMetadata("saga-task-token", options.task_token);
  context.set_deadline(std::chrono::system_clock::now() + options.deadline);
}

std::string ReasonOf(const grpc::Status& status) {
  if (status.error_details().empty()) return "";
  return sdk::DecodeFailure(status.error_details()).reason();
}

Shop::Shop(const char* service, const std::string& conninfo, const std::string& sagad)
    : folder_(test::MakeTempFolder("shop")),
      conninfo_(conninfo.empty() ? test::PrivatePostgres::Shared().CreateDatabase() : conninfo) {
  participant_ = std::make_unique<Participant>(
      ParticipantOptions{.service = FindService(service),
                         .listen = "127.0.0.1:0",
                         .database = conninfo_,
                         .faults_file = folder_ / "faults",
                         .sagad = sagad,
                         .settings = {.outcome_after = kOutcomeSoon, .late_after = kOutcomeSoon}});
  const Status started = participant_->Start();
  if (!started.ok()) throw std::runtime_error(started.ToString());
  channel_ = grpc::CreateChannel(fmt::format("127.0.0.1:{}", participant_->port()),
                                 grpc::InsecureChannelCredentials());
}

Shop::~Shop() {
  participant_.reset();
  std::filesystem::remove_all(folder_);
}

void Shop::SetFaults(const std::string& text) {
  const Result<Faults> expected = ParseFaults(text);
  ASSERT_TRUE(expected.ok()) << expected.status().ToString();
  std::ofstream(folder_ / "new") << text;
  std::filesystem::rename(folder_ / "new", folder_ / "faults");
  ASSERT_TRUE(test::WaitUntil(std::chrono::seconds(10),
                              [&] { return participant_->faults() == *expected; }));
}

std::string Shop::Value(const std::string& sql) const {
  pqxx::connection connection(conninfo_);
  pqxx::nontransaction transaction(connection);
  return transaction.exec(sql)[0][0].c_str();
}

}  // namespace saga::demo

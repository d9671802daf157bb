// The load generator against a server that fails: what counts as acknowledged, and what is
// repeated.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>

#include "participants/demo/load/customers.h"
#include "participants/demo/load/starter.h"
#include "participants/demo/load/waiter.h"
#include "support/process.h"

namespace saga::demo {
namespace {

using saga::v1::Saga;

// Fails the first call of every third saga after having taken it, and refuses every tenth.
class FailingServer final : public saga::v1::SagaService::Service {
 public:
  grpc::Status StartSaga(grpc::ServerContext*, const saga::v1::StartSagaRequest* request,
                         saga::v1::StartSagaResponse* response) override {
    const std::lock_guard lock(mutex_);
    const std::string& id = request->saga_id();
    const int number = std::stoi(id.substr(id.find('-') + 1));
    if (number % 10 == 0) return {grpc::StatusCode::INVALID_ARGUMENT, "no"};
    const auto [known, added] = bodies_.emplace(id, request->SerializeAsString());
    EXPECT_EQ(known->second, request->SerializeAsString()) << "another body for " << id;
    if (added && number % 3 == 0) return {grpc::StatusCode::UNAVAILABLE, "gone"};
    response->set_already_started(!added);
    return grpc::Status::OK;
  }
  grpc::Status GetSaga(grpc::ServerContext*, const saga::v1::GetSagaRequest* request,
                       saga::v1::GetSagaResponse* response) override {
    const std::lock_guard lock(mutex_);
    if (++asked_[request->name()] == 1) return {grpc::StatusCode::UNAVAILABLE, "gone"};
    const int number = std::stoi(request->name().substr(request->name().find('-') + 1));
    response->mutable_saga()->set_state(number == 1   ? Saga::STATE_COMPENSATED
                                        : number == 2 ? Saga::STATE_RUNNING
                                                      : Saga::STATE_SUCCEEDED);
    if (number == 2) response->mutable_saga()->set_health(Saga::HEALTH_STUCK);
    return grpc::Status::OK;
  }

 private:
  std::mutex mutex_;
  std::map<std::string, std::string> bodies_;
  std::map<std::string, int> asked_;
};

class LoadTest : public testing::Test {
 protected:
  LoadTest() {
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    stub_ = saga::v1::SagaService::NewStub(grpc::CreateChannel("127.0.0.1:" + std::to_string(port),
                                                               grpc::InsecureChannelCredentials()));
  }
  ~LoadTest() override { std::filesystem::remove_all(folder_); }

  const std::filesystem::path folder_ = test::MakeTempFolder("load");
  FailingServer service_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<saga::v1::SagaService::Stub> stub_;
};

TEST_F(LoadTest, AStartIsRepeatedWithItsOwnBodyUntilItIsAcknowledgedOrRefused) {
  const std::filesystem::path file = folder_ / "acknowledged";

  const Result<StartSummary> summary =
      StartSagas(*stub_, {.sagas = 40, .concurrency = 4, .prefix = "t", .acknowledged_file = file});

  ASSERT_TRUE(summary.ok());
  EXPECT_EQ(summary->acknowledged.size(), 36U);
  EXPECT_EQ(summary->refused.size(), 4U);
  EXPECT_EQ(summary->repeats, 12);  // 3, 6, … 39 without 30.
  std::vector<std::string> written;
  std::ifstream lines(file);
  for (std::string line; std::getline(lines, line);) written.push_back(line);
  EXPECT_THAT(written, testing::UnorderedElementsAreArray(summary->acknowledged));
}

TEST_F(LoadTest, AFileThatCannotBeWrittenIsSaidBeforeAnythingIsStarted) {
  EXPECT_EQ(StartSagas(*stub_, {.acknowledged_file = folder_ / "no" / "folder"}).status().reason(),
            "FIELD_INVALID");
}

TEST_F(LoadTest, RestIsWhenAllHaveEndedOrWaitForAPerson) {
  const RestSummary rest =
      WaitForRest(*stub_, {"t-1", "t-2", "t-3", "t-4"}, std::chrono::seconds(20));

  EXPECT_EQ(rest.succeeded, 2U);
  EXPECT_EQ(rest.compensated, 1U);
  EXPECT_EQ(rest.waiting, 1U);
  EXPECT_EQ(rest.unfinished, 0U);
}

TEST_F(LoadTest, WhatNobodyAnswersForIsUnfinished) {
  server_->Shutdown();
  const RestSummary rest = WaitForRest(*stub_, {"t-1"}, std::chrono::milliseconds(100));
  EXPECT_EQ(rest.unfinished, 1U);
}

TEST(CustomersTest, TheMixIsKeptAndTheSameEveryTime) {
  const Mix mix{.declined = 0.05, .out_of_stock = 0.03, .unknown_customer = 0.02};
  std::map<Fate, int> fates;
  for (int number = 1; number <= 10'000; ++number) {
    ++fates[FateOf(mix, number)];
    EXPECT_EQ(FateOf(mix, number), FateOf(mix, number));
  }
  EXPECT_NEAR(fates[Fate::kDeclined], 500, 100);
  EXPECT_NEAR(fates[Fate::kOutOfStock], 300, 80);
  EXPECT_NEAR(fates[Fate::kUnknownCustomer], 200, 70);
  EXPECT_EQ(fates[Fate::kUndeliverable], 0);
}

}  // namespace
}  // namespace saga::demo

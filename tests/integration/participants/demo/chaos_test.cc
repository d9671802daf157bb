// The faults of a demo participant, seen from its caller and in its database.
#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>
#include <vector>

#include "integration/participants/demo/shop.h"
#include "support/wait.h"

namespace saga::demo {
namespace {

using shop::ship::v1::Shipping;
using std::chrono::milliseconds;

constexpr std::chrono::seconds kLimit{30};

class ChaosTest : public testing::Test {
 protected:
  grpc::Status Ship(const std::string& saga, int attempt = 1, milliseconds deadline = kLimit) {
    grpc::ClientContext context;
    Prepare(context, {.saga = saga, .attempt = attempt, .deadline = deadline});
    shop::ship::v1::CreateShipmentRequest request;
    request.set_order_id("order-of-" + saga);
    request.mutable_address()->set_country("DE");
    shop::ship::v1::CreateShipmentResponse response;
    return stub_->CreateShipment(&context, request, &response);
  }
  int Shipments(const std::string& saga) const {
    return std::stoi(shop_.Value(
        fmt::format("SELECT count(*) FROM shipping.shipments WHERE saga = '{}'", saga)));
  }

  Shop shop_{"shipping"};
  std::unique_ptr<Shipping::Stub> stub_ = Shipping::NewStub(shop_.channel());
};

TEST_F(ChaosTest, DownAnswersUnavailableAndHealthSaysSo) {
  const auto health = [this] {
    // The health service of gRPC, without its stub: field 1 of the answer is the status.
    grpc::ClientContext context;
    grpc::ByteBuffer answer;
    grpc::GenericStub generic(shop_.channel());
    grpc::CompletionQueue queue;
    const auto call = generic.PrepareUnaryCall(&context, "/grpc.health.v1.Health/Check",
                                               grpc::ByteBuffer(nullptr, 0), &queue);
    grpc::Status status;
    call->StartCall();
    call->Finish(&answer, &status, nullptr);
    void* tag = nullptr;
    bool done = false;
    queue.Next(&tag, &done);
    std::vector<grpc::Slice> slices;
    EXPECT_TRUE(answer.Dump(&slices).ok());
    return slices.empty() ? 0 : static_cast<int>(slices.back().end()[-1]);
  };
  EXPECT_EQ(health(), 1);

  shop_.SetFaults("down");
  EXPECT_TRUE(test::WaitUntil(kLimit, [&] { return health() == 2; }));
  EXPECT_EQ(Ship("s").error_code(), grpc::StatusCode::UNAVAILABLE);
  shop_.SetFaults("up");
  EXPECT_TRUE(test::WaitUntil(kLimit, [&] { return health() == 1; }));
  EXPECT_TRUE(Ship("s").ok());
}

TEST_F(ChaosTest, ATimeoutThatDidHappenIsDoneAndTheRepeatGetsItsAnswer) {
  shop_.SetFaults("timeout_did=1");
  EXPECT_EQ(Ship("s", 1, milliseconds(400)).error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_EQ(Shipments("s"), 1);
  shop_.SetFaults("up");
  EXPECT_TRUE(Ship("s", 2).ok());
  EXPECT_EQ(Shipments("s"), 1);
}

TEST_F(ChaosTest, ATimeoutThatDidNotHappenLeavesNothing) {
  shop_.SetFaults("timeout_did_not=1");
  EXPECT_EQ(Ship("s", 1, milliseconds(300)).error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_EQ(Shipments("s"), 0);
  shop_.SetFaults("up");
  EXPECT_TRUE(Ship("s", 2).ok());
}

TEST_F(ChaosTest, ALateCallHappensAfterItsCallerHasGivenUp) {
  shop_.SetFaults("late=1 late_ms=200");
  EXPECT_EQ(Ship("s", 1, milliseconds(200)).error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_TRUE(test::WaitUntil(kLimit, [&] { return Shipments("s") == 1; }));
}

TEST_F(ChaosTest, FlakyFailsBeforeOrAfterItIsDone) {
  shop_.SetFaults("unavailable_did=1");
  EXPECT_EQ(ReasonOf(Ship("done")), "CHAOS_FLAKY");
  EXPECT_EQ(Shipments("done"), 1);
  shop_.SetFaults("unavailable_did_not=1");
  EXPECT_EQ(ReasonOf(Ship("undone")), "CHAOS_FLAKY");
  EXPECT_EQ(Shipments("undone"), 0);
}

TEST_F(ChaosTest, ADuplicateHasOneEffect) {
  shop_.SetFaults("duplicate=1");
  for (int i = 0; i < 20; ++i) {
    const std::string saga = fmt::format("s-{}", i);
    EXPECT_TRUE(Ship(saga).ok());
    EXPECT_EQ(Shipments(saga), 1);
  }
}

TEST_F(ChaosTest, ARejectionIsKeptLikeAnyOther) {
  shop_.SetFaults("reject=1");
  EXPECT_EQ(ReasonOf(Ship("s", 1)), "CHAOS_REJECTED");
  shop_.SetFaults("up");
  EXPECT_EQ(ReasonOf(Ship("s", 2)), "CHAOS_REJECTED");
  EXPECT_EQ(Shipments("s"), 0);
}

// Counts the threads of this process, which the participant shares.
std::ptrdiff_t Threads() {
  const std::filesystem::directory_iterator tasks("/proc/self/task");
  return std::distance(begin(tasks), end(tasks));
}

TEST_F(ChaosTest, TwoThousandSlowCallsAreHeldWithoutAThreadEach) {
  constexpr int kCalls = 2000;
  struct Pending {
    grpc::ClientContext context;
    shop::ship::v1::CreateShipmentRequest request;
    shop::ship::v1::CreateShipmentResponse response;
  };
  shop_.SetFaults("delay_ms=3000");
  ASSERT_TRUE(Ship("first").ok());
  std::vector<std::unique_ptr<Pending>> pending;
  std::atomic<int> good = 0;
  std::atomic<int> ended = 0;
  const auto began = std::chrono::steady_clock::now();
  for (int i = 0; i < kCalls; ++i) {
    auto& call = *pending.emplace_back(std::make_unique<Pending>());
    const std::string saga = fmt::format("many-{}", i);
    Prepare(call.context, {.saga = saga, .deadline = std::chrono::seconds(60)});
    call.request.set_order_id(saga);
    call.request.mutable_address()->set_country("DE");
    stub_->async()->CreateShipment(&call.context, &call.request, &call.response,
                                   [&](const grpc::Status& status) {
                                     if (status.ok()) ++good;
                                     ++ended;
                                   });
  }
  const std::ptrdiff_t threads = Threads();

  EXPECT_TRUE(test::WaitUntil(std::chrono::seconds(60), [&] { return ended == kCalls; }));
  EXPECT_EQ(good, kCalls);
  EXPECT_LT(threads, 60);
  // One after the other would be 6000 s.
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(55));
  EXPECT_EQ(shop_.Value("SELECT count(*) FROM shipping.shipments WHERE saga LIKE 'many-%'"),
            "2000");
}

TEST_F(ChaosTest, StoppingAnswersWhatIsDelayedAtOnce) {
  shop_.SetFaults("delay_ms=600000");
  std::atomic<int> ended = 0;
  grpc::ClientContext context;
  Prepare(context, {.saga = "s", .deadline = std::chrono::seconds(60)});
  shop::ship::v1::CreateShipmentRequest request;
  request.mutable_address()->set_country("DE");
  shop::ship::v1::CreateShipmentResponse response;
  grpc::Status answer;
  stub_->async()->CreateShipment(&context, &request, &response, [&](const grpc::Status& status) {
    answer = status;
    ++ended;
  });
  // It is in once a second, quick call has been answered on the same connection.
  grpc::ClientContext quick;
  shop::ship::v1::ListShipmentsResponse none;
  ASSERT_TRUE(stub_->ListShipments(&quick, {}, &none).ok());

  shop_.Stop();

  EXPECT_TRUE(test::WaitUntil(kLimit, [&] { return ended == 1; }));
  EXPECT_TRUE(answer.ok()) << answer.error_message();
  EXPECT_EQ(Shipments("s"), 1);
}

}  // namespace
}  // namespace saga::demo

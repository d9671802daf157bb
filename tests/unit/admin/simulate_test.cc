// `sagactl definitions simulate`: no server is asked.
#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>

#include "shop/cash/v1/cashier.pb.h"
#include "shop/courier/v1/courier.pb.h"
#include "shop/crm/v1/customers.pb.h"
#include "shop/order/v1/orders.pb.h"
#include "shop/pay/v1/payments.pb.h"
#include "shop/ship/v1/shipping.pb.h"
#include "shop/stock/v1/inventory.pb.h"
#include "shop/transfer/v1/transfers.pb.h"
#include "unit/admin/sagactl_fixture.h"

namespace saga::admin {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// With all that it imports.
void AddFile(const google::protobuf::FileDescriptor& file, google::protobuf::FileDescriptorSet& set,
             std::set<std::string>& seen) {
  if (!seen.insert(file.name()).second) return;
  for (int i = 0; i < file.dependency_count(); ++i) AddFile(*file.dependency(i), set, seen);
  file.CopyTo(set.add_file());
}

class SimulateTest : public test::SagactlTest {
 protected:
  std::string Descriptors() {
    google::protobuf::FileDescriptorSet set;
    std::set<std::string> seen;
    for (const auto* file : {shop::cash::v1::RequestPaymentRequest::descriptor()->file(),
                             shop::courier::v1::DeliverRequest::descriptor()->file(),
                             shop::crm::v1::AssessRequest::descriptor()->file(),
                             shop::order::v1::PlaceOrder::descriptor()->file(),
                             shop::pay::v1::AuthorizeRequest::descriptor()->file(),
                             shop::ship::v1::CreateShipmentRequest::descriptor()->file(),
                             shop::stock::v1::ReserveRequest::descriptor()->file(),
                             shop::transfer::v1::ChargeRequest::descriptor()->file()}) {
      AddFile(*file, set, seen);
    }
    return WriteFile("shop.pb", set.SerializeAsString());
  }
  static std::string Demo(const std::string& name) { return "deploy/demo/" + name; }
  ExitCode Simulate(const std::string& file, std::vector<std::string> more = {}) {
    std::vector<std::string> all = {"definitions", "simulate", file, "--descriptors",
                                    Descriptors()};
    all.insert(all.end(), more.begin(), more.end());
    const ExitCode code = Run(all);
    EXPECT_THAT(server_, IsEmpty());
    return code;
  }
};

TEST_F(SimulateTest, TheTableOfARun) {
  EXPECT_EQ(
      Simulate(Demo("checkout-hold.yaml"), {"--fail", "capture=FAILED_PRECONDITION:CARD_EXPIRED",
                                            "--fail", "hold_stock/cancel=UNAVAILABLE*2"}),
      ExitCode::kCompensated)
      << err_;
  EXPECT_EQ(out_,
            "   AT  STEP          CALL    WHAT\n"
            "  0ms  create_order  action  done\n"
            " 10ms  hold_stock    try     done\n"
            " 10ms  authorize     action  done\n"
            " 10ms  fraud_check   action  done\n"
            " 20ms  capture       action  refused: FAILED_PRECONDITION CARD_EXPIRED\n"
            " 30ms  -             -       turns back because of capture (FAILED_PRECONDITION "
            "CARD_EXPIRED)\n"
            " 30ms  -             -       decides CANCEL of its holds\n"
            " 30ms  authorize     undo    done\n"
            " 30ms  hold_stock    cancel  UNAVAILABLE, nothing has happened (2 attempts until "
            "223ms)\n"
            "521ms  hold_stock    cancel  done\n"
            "531ms  create_order  undo    done\n"
            "\n"
            "COMPENSATED after 541ms\n");
}

TEST_F(SimulateTest, ExitCodesSayWhereItCameToRest) {
  EXPECT_EQ(Simulate(Demo("checkout.yaml")), ExitCode::kDone);
  EXPECT_EQ(Simulate(Demo("checkout.yaml"), {"--fail", "capture=PERMISSION_DENIED"}),
            ExitCode::kStuck);
  EXPECT_THAT(out_, HasSubstr("stays    capture MISCONFIGURED\n"));
  EXPECT_EQ(Simulate(Demo("checkout.yaml"), {"--fail", "ship=UNAVAILABLE"}),
            ExitCode::kStillRunning);
  EXPECT_THAT(out_, HasSubstr("(20 attempts until"));
  EXPECT_EQ(Simulate(Demo("checkout.yaml"), {"--fail", "nothing=UNAVAILABLE"}), ExitCode::kUsage);
  EXPECT_THAT(err_, HasSubstr("the steps are create_order"));
  EXPECT_EQ(Simulate(WriteFile("broken.yaml", "saga: x\nsteps: []\n")),
            ExitCode::kDefinitionBroken);
  EXPECT_THAT(out_, HasSubstr("SAGA"));
}

// What they promise: whatever two faults meet, nothing is left where a saga has ended, and nothing
// lacks its input.
class FlowsTest : public SimulateTest, public ::testing::WithParamInterface<const char*> {};

TEST_P(FlowsTest, StandEveryPairOfFaults) {
  EXPECT_EQ(Simulate(Demo(GetParam()), {"--all"}), ExitCode::kDone) << out_ << err_;
  EXPECT_THAT(out_, HasSubstr("pairs of two faults that can meet, by their end"));
  EXPECT_THAT(out_, Not(HasSubstr("lacks its input")));
}

INSTANTIATE_TEST_SUITE_P(Demo, FlowsTest,
                         ::testing::Values("checkout.yaml", "checkout-hold.yaml", "order-pay.yaml",
                                           "post-payment.yaml", "quote-cap-pivot.yaml",
                                           "refund-payment.yaml"));

constexpr const char* kLacking = R"(saga: hold
owner: o
steps:
- id: authorize
  call: payments/Authorize
  undo: { call: payments/Void, with: { order_id: input.hold.id } }
- { id: capture, pivot: true, call: payments/Capture }
)";

TEST_F(SimulateTest, AllTellsWhichUndoWouldLackItsInput) {
  EXPECT_EQ(Simulate(WriteFile("lacking.yaml", kLacking), {"--all"}), ExitCode::kStuck);
  EXPECT_THAT(out_, HasSubstr("authorize/undo lacks its input"));
  EXPECT_THAT(out_, HasSubstr("look for 'lacks' and 'left'"));
}

TEST_F(SimulateTest, InputAndAnswersAreRead) {
  const std::string order = WriteFile("order.json", R"({"orderId": "o-7"})");
  const std::string answers = WriteFile("answers.json", R"({"ship": {"shipmentId": "s-9"}})");
  EXPECT_EQ(Simulate(Demo("checkout.yaml"), {"-f", order, "--answers", answers}), ExitCode::kDone);
  EXPECT_THAT(out_, HasSubstr(R"(answers  {"order_id":"o-7","shipment_id":"s-9"})"));

  EXPECT_EQ(Simulate(Demo("checkout.yaml"), {"--answers", WriteFile("no.json", "[]")}),
            ExitCode::kUsage);
  EXPECT_THAT(err_, HasSubstr("no JSON object of answers by step"));
}

TEST_F(SimulateTest, ProgramsGetEveryCase) {
  EXPECT_EQ(Simulate(Demo("refund-payment.yaml"), {"--all", "-o", "jsonl"}), ExitCode::kDone);
  std::istringstream lines(out_);
  std::string line;
  int cases = 0;
  while (std::getline(lines, line)) {
    const auto json = nlohmann::json::parse(line);
    EXPECT_TRUE(json.contains("end") && json.contains("calls")) << line;
    ++cases;
  }
  EXPECT_GT(cases, 5);
  EXPECT_EQ(Simulate(Demo("refund-payment.yaml"), {"-o", "ids"}), ExitCode::kDone);
  EXPECT_EQ(out_, "SUCCEEDED\n");
}

TEST_F(SimulateTest, AllAndFaultsDoNotGoTogether) {
  EXPECT_EQ(Simulate(Demo("checkout.yaml"), {"--all", "--fail", "ship=UNAVAILABLE"}),
            ExitCode::kUsage);
}

}  // namespace
}  // namespace saga::admin

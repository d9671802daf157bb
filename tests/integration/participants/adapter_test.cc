// One definition at two versions of a participant: the one that it was written for, and another
// whose fields, units and errors are translated by an adapter.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "integration/participants/caller_fixture.h"
#include "integration/participants/test_server.h"
#include "participants/mapped_calls.h"
#include "participants/registry_descriptors.h"
#include "test/stock/v2/warehouse.grpc.pb.h"

namespace saga::test {
namespace {

using ::test::stock::v2::HoldRequest;
using ::test::stock::v2::HoldResponse;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

constexpr const char* kAdapter = R"(
methods:
  Reserve:
    call: test.stock.v2.Warehouse/Hold
    request:
      order_ref: input.order_id
      what: input.item.behaviour
      after_seconds: double(input.item.after_ms) / 1000.0
    answers:
      - when: output.state == 1
        answer: { reservation_id: output.hold.id }
      - when: output.state == 2
        error: { code: FAILED_PRECONDITION, reason: OUT_OF_STOCK }
    errors:
      E_EMPTY: { code: FAILED_PRECONDITION, reason: OUT_OF_STOCK }
  Release:
    call: LetGo
    request: { order_ref: input.order_id }
    answer: {}
)";

grpc::Status Refusal(const std::string& reason) {
  google::rpc::ErrorInfo info;
  info.set_reason(reason);
  google::rpc::Status status;
  status.add_details()->PackFrom(info);
  return {grpc::StatusCode::NOT_FOUND, "nothing on the shelf", status.SerializeAsString()};
}

class Warehouse final : public ::test::stock::v2::Warehouse::Service {
 public:
  Warehouse() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
  }
  ~Warehouse() override { server_->Shutdown(std::chrono::system_clock::now()); }

  std::string target() const { return fmt::format("127.0.0.1:{}", port_); }

  grpc::Status Hold(grpc::ServerContext*, const HoldRequest* request,
                    HoldResponse* response) override {
    if (request->what() == "no") return Refusal("E_EMPTY");
    if (request->what() == "odd") return Refusal("E_ODD");
    response->set_state(request->what() == "empty"  ? HoldResponse::STATE_EMPTY
                        : request->what() == "torn" ? HoldResponse::STATE_TORN
                                                    : HoldResponse::STATE_HELD);
    response->mutable_hold()->set_id(
        fmt::format("h-{}-{}", request->order_ref(), request->after_seconds()));
    return grpc::Status::OK;
  }
  grpc::Status LetGo(grpc::ServerContext*, const ::test::stock::v2::LetGoRequest*,
                     ::test::stock::v2::LetGoResponse*) override {
    return grpc::Status::OK;
  }

 private:
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

class AdapterTest : public CallerFixture {
 protected:
  AdapterTest()
      : CallerFixture([this](const ParticipantCall& call, const participants::CallTypes& types) {
          return participants::MappedCalls(descriptors_)(call, types);
        }) {}

  // The participant as the definition was written for.
  void RegisterFormer() { ASSERT_TRUE(Register(Record("stock", server_.target())).ok()); }
  Result<RegisteredParticipant> RegisterWarehouse(const std::string& adapter = kAdapter,
                                                  bool removes = false) {
    ParticipantRecord record = Record("stock", warehouse_.target());
    record.adapter = adapter;
    return directory_.Register({.record = record, .removes_adapter = removes}, {.actor = "test"},
                               ParticipantDirectory::Mode::kRegister);
  }

  // Reserves with this behaviour; the undo needs what was answered.
  static DefinitionRef Order(const std::string& behaviour) {
    const auto path = [](const std::string& text) {
      return Mapping{.kind = Mapping::Kind::kExpression, .expression = text};
    };
    const auto fields = [](std::vector<MappingField> list) {
      return Mapping{.kind = Mapping::Kind::kFields, .fields = std::move(list)};
    };
    Definition definition{.name_space = "default", .name = "order", .version = 1};
    Step step{.id = "reserve"};
    step.action = {.participant = "stock",
                   .method = "Reserve",
                   .with = fields({{"order_id", path("input.id")},
                                   {"item", fields({{"behaviour", path("'" + behaviour + "'")},
                                                    {"after_ms", path("2500")}})}})};
    step.undo = saga::Call{.participant = "stock",
                           .method = "Release",
                           .with = fields({{"order_id", path("steps.reserve.reservation_id")}})};
    definition.steps.push_back(step);
    return Definition::Make(std::move(definition)).value();
  }
  CallReplied Send(const std::string& behaviour, Operation operation = Operation::kAction,
                   const std::string& saga = "s-1") {
    const DefinitionRef definition = Order(behaviour);
    Inbox inbox;
    caller_.Call({.saga = SagaId("default", saga),
                  .definition = definition,
                  .step = StepIndex{0},
                  .operation = operation,
                  .attempt = 1,
                  .idempotency_key = "k",
                  .input = MakePayload({PayloadEncoding::kJson, "", R"({"id": "o-42"})"}),
                  .outputs = {reserved_}},
                 inbox.Place());
    const auto replies = inbox.Await(1);
    return replies.empty() ? CallReplied() : replies[0];
  }
  static std::string ReservationIn(const CallReplied& reply) {
    ::test::stock::v1::ReserveResponse answer;
    EXPECT_TRUE(answer.ParseFromString(reply.output->bytes)) << reply.failure.message;
    return answer.reservation_id();
  }

  TestServer server_;
  Warehouse warehouse_;
  participants::RegistryDescriptors descriptors_{registry_};
  PayloadRef reserved_;
};

TEST_F(AdapterTest, OneDefinitionRunsAtBothVersions) {
  RegisterFormer();
  const CallReplied at_former = Send("ok");
  const auto registered = RegisterWarehouse();
  ASSERT_TRUE(registered.ok()) << registered.status().ToString();
  const CallReplied at_next = Send("ok");

  ASSERT_EQ(at_former.outcome, CallOutcome::kSucceeded) << at_former.failure.message;
  ASSERT_EQ(at_next.outcome, CallOutcome::kSucceeded) << at_next.failure.message;
  EXPECT_EQ(ReservationIn(at_former), "r-o-42");
  EXPECT_EQ(ReservationIn(at_next), "h-o-42-2.5");
  EXPECT_EQ(at_next.output->type, "test.stock.v1.ReserveResponse");
  EXPECT_THAT(registered->participant.adapted,
              ElementsAre(Pair("test.stock.v1.Stock/Release", "test.stock.v2.Warehouse/LetGo"),
                          Pair("test.stock.v1.Stock/Reserve", "test.stock.v2.Warehouse/Hold")));
}

// The next version beside the former one, for a share of the sagas.
TEST_F(AdapterTest, BothVersionsServeOneDefinitionAtOnce) {
  RegisterFormer();
  const auto stand_in = [this](std::uint32_t percent) {
    ParticipantRecord record = Record("stock-v2", warehouse_.target());
    record.adapter = kAdapter;
    record.stands_in = {"stock", percent};
    return Register(record);
  };
  ASSERT_TRUE(stand_in(30).ok());

  const auto at_next = [this](int sagas) {
    std::set<int> there;
    for (int i = 0; i < sagas; ++i) {
      const CallReplied reply = Send("ok", Operation::kAction, fmt::format("s-{}", i));
      EXPECT_EQ(reply.outcome, CallOutcome::kSucceeded) << reply.failure.message;
      if (ReservationIn(reply).starts_with("h-")) there.insert(i);
    }
    return there;
  };
  const std::set<int> some = at_next(200);
  EXPECT_GT(some.size(), 40U);
  EXPECT_LT(some.size(), 80U);
  EXPECT_EQ(at_next(200), some);  // Always the same ones.

  ASSERT_TRUE(stand_in(60).ok());
  const std::set<int> more = at_next(200);
  EXPECT_TRUE(std::ranges::includes(more, some));
  EXPECT_GT(more.size(), some.size());
  ASSERT_TRUE(stand_in(100).ok());
  EXPECT_EQ(at_next(20).size(), 20U);
  ASSERT_TRUE(stand_in(0).ok());
  EXPECT_EQ(at_next(20).size(), 0U);
}

TEST_F(AdapterTest, SharesAreOfOneWholeAndStandInsHaveNone) {
  RegisterFormer();
  const auto refused = [this](const std::string& name, StandIn stands_in) {
    ParticipantRecord record = Record(name, server_.target());
    record.stands_in = std::move(stands_in);
    const auto registered = Register(record);
    return registered.ok() ? std::string("nothing") : registered.status().message();
  };
  EXPECT_EQ(refused("a", {"stock", 70}), "nothing");
  EXPECT_THAT(refused("b", {"stock", 31}), HasSubstr("share_percent: 101"));
  EXPECT_EQ(refused("a", {"stock", 100}), "nothing");
  EXPECT_THAT(refused("b", {"a", 1}), HasSubstr("stands_in_for: 'a' stands in"));
  EXPECT_THAT(refused("b", {"stok", 1}), HasSubstr("'stok' is no other participant"));
  EXPECT_THAT(refused("stock", {"stock", 1}), HasSubstr("is no other participant"));
  EXPECT_EQ(refused("c", {}), "nothing");
  EXPECT_THAT(refused("stock", {"c", 1}), HasSubstr("others stand in for 'stock'"));
  EXPECT_THAT(refused("d", {"", 1}), HasSubstr("share_percent"));
}

TEST_F(AdapterTest, WhatOneVersionReservedTheOtherReleases) {
  RegisterFormer();
  reserved_ = Send("ok").output;
  ASSERT_TRUE(RegisterWarehouse().ok());

  const CallReplied undone = Send("ok", Operation::kUndo);

  EXPECT_EQ(undone.outcome, CallOutcome::kSucceeded) << undone.failure.message;
}

TEST_F(AdapterTest, AnErrorAndAnAnswerThatMeanNoAreTheContractsNo) {
  RegisterFormer();
  ASSERT_TRUE(RegisterWarehouse().ok());

  for (const char* behaviour : {"no", "empty"}) {
    const CallReplied reply = Send(behaviour);
    EXPECT_EQ(reply.outcome, CallOutcome::kRejected) << behaviour;
    EXPECT_EQ(reply.failure.code, StatusCode::kFailedPrecondition) << behaviour;
    EXPECT_EQ(reply.failure.reason, "OUT_OF_STOCK") << behaviour;
  }
}

TEST_F(AdapterTest, WhatNoRuleMapsIsUnknownAndKeptAsItCame) {
  RegisterFormer();
  ASSERT_TRUE(RegisterWarehouse().ok());

  const CallReplied error = Send("odd");
  const CallReplied answer = Send("torn");

  EXPECT_EQ(error.outcome, CallOutcome::kUnknown);
  EXPECT_EQ(error.failure.code, StatusCode::kNotFound);
  EXPECT_EQ(error.failure.reason, "E_ODD");
  EXPECT_THAT(error.failure.message, HasSubstr("nothing on the shelf"));
  EXPECT_EQ(answer.outcome, CallOutcome::kUnknown);
  EXPECT_EQ(answer.failure.reason, "ANSWER_UNMAPPED");
  EXPECT_THAT(answer.failure.message, HasSubstr("STATE_TORN"));
  EXPECT_THAT(answer.failure.message, HasSubstr("h-o-42-2.5"));
}

TEST_F(AdapterTest, AnAdapterStaysUntilItIsRemoved) {
  RegisterFormer();
  ASSERT_TRUE(RegisterWarehouse().ok());

  ASSERT_TRUE(Register(Record("stock", warehouse_.target(), 7)).ok());
  EXPECT_EQ(Send("ok").outcome, CallOutcome::kSucceeded);
  // Loaded anew, as after a restart.
  participants::ParticipantRegistry again(store_);
  ASSERT_TRUE(again.Load().ok());
  EXPECT_NE(again.Find("default", "stock")->adapter, nullptr);
  EXPECT_TRUE(again.Find("default", "stock")->FindMethod("Reserve").ok());

  // The former server has no such methods as the adapter calls, until it is removed.
  const saga::Status status = Register(Record("stock", server_.target())).status();
  EXPECT_EQ(status.reason(), "FIELD_INVALID");
  EXPECT_THAT(status.message(), HasSubstr("participant: no method"));
  const auto removed =
      directory_.Register({.record = Record("stock", server_.target()), .removes_adapter = true},
                          {.actor = "test"}, ParticipantDirectory::Mode::kRegister);
  ASSERT_TRUE(removed.ok()) << removed.status().ToString();
  EXPECT_EQ(ReservationIn(Send("ok")), "r-o-42");
}

TEST_F(AdapterTest, ANewParticipantNeedsItsContract) {
  const saga::Status status = RegisterWarehouse().status();

  EXPECT_EQ(status.reason(), "FIELD_INVALID");
  EXPECT_THAT(status.message(), HasSubstr("contract_descriptor_set: is required"));
}

TEST_F(AdapterTest, MethodsThatDefinitionsCallAndNobodyServesAreToldAtRegistration) {
  RegisterFormer();
  uses_ = {{"order@1", "Reserve"}, {"order@1", "Confirm"}};

  const auto registered = RegisterWarehouse();

  ASSERT_TRUE(registered.ok());
  EXPECT_THAT(registered->warnings, ElementsAre(HasSubstr("Confirm")));
}

}  // namespace
}  // namespace saga::test

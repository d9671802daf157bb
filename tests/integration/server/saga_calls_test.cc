#include <grpc/health/v1/health.grpc.pb.h>

#include "integration/server/sagad_fixture.h"

namespace saga::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using v1::SagaService;

using SagaCallsTest = SagadTest;

TEST_F(SagaCallsTest, ASagaIsStartedWaitedForAndShown) {
  v1::StartSagaRequest request = StartOf("ord-1");
  request.set_wait_until(v1::WAIT_UNTIL_END);
  (*request.mutable_labels())["channel"] = "web";

  const v1::Saga ended = Start(request);

  EXPECT_EQ(ended.state(), v1::Saga::STATE_SUCCEEDED);
  EXPECT_EQ(ended.name(), "namespaces/default/sagas/ord-1");
  EXPECT_EQ(ended.business_key(), "key-ord-1");
  EXPECT_EQ(ended.labels().at("region"), "eu");
  EXPECT_EQ(ended.labels().at("channel"), "web");
  EXPECT_EQ(ended.owner(), "team-test");
  EXPECT_EQ(ended.started_by(), "alice");
  EXPECT_THAT(ended.output().json(), HasSubstr("reservation"));
  EXPECT_TRUE(ended.pivot_passed());

  const v1::Saga full = Get("ord-1", v1::SAGA_VIEW_FULL);
  EXPECT_EQ(full.input().json(), request.input().json());
  ASSERT_EQ(full.steps_size(), 2);
  EXPECT_EQ(full.steps(0).state(), v1::Step::STATE_SUCCEEDED);
  ASSERT_EQ(full.steps(0).attempts_size(), 1);
  EXPECT_EQ(full.steps(0).attempts(0).idempotency_key(), "dev/default/ord-1:reserve:action");
  EXPECT_EQ(full.steps(0).attempts(0).endpoint(), participant_.target());
  EXPECT_TRUE(full.steps(0).attempts(0).has_duration());
  EXPECT_THAT(full.steps(1).after(), ElementsAre("reserve"));
}

TEST_F(SagaCallsTest, PayloadsAreReadableOnRequest) {
  v1::StartSagaRequest request = StartOf("ord-1");
  request.set_wait_until(v1::WAIT_UNTIL_END);
  Start(request);
  v1::GetSagaRequest get;
  get.set_name("ord-1");
  get.set_view(v1::SAGA_VIEW_FULL);
  v1::GetSagaResponse response;
  ASSERT_TRUE(Call(*sagas_, &SagaService::Stub::GetSaga, get, &response).ok());
  EXPECT_TRUE(response.saga().steps(0).output().has_protobuf());
  EXPECT_EQ(response.saga().steps(0).output().readable(), "");

  get.set_readable_payloads(true);
  ASSERT_TRUE(Call(*sagas_, &SagaService::Stub::GetSaga, get, &response).ok());
  EXPECT_THAT(response.saga().steps(0).output().readable(), HasSubstr("\"reservation"));
  EXPECT_EQ(response.saga().input().readable(), "");
}

TEST_F(SagaCallsTest, ARepeatedStartIsTheSameSagaAndAnotherBodyIsRefused) {
  Start(StartOf("ord-1"));
  Wait("ord-1");
  v1::StartSagaResponse again;
  ASSERT_TRUE(Call(*sagas_, &SagaService::Stub::StartSaga, StartOf("ord-1"), &again).ok());
  EXPECT_TRUE(again.already_started());
  EXPECT_EQ(again.saga().state(), v1::Saga::STATE_SUCCEEDED);

  const Status other =
      Call(*sagas_, &SagaService::Stub::StartSaga, StartOf("ord-1", "slow"), &again);
  EXPECT_EQ(other.code(), StatusCode::kAlreadyExists);
  EXPECT_EQ(other.reason(), "SAGA_ID_REUSED");

  Start(StartOf("ord-2", "slow", "ok", "ok", 3000));
  ASSERT_TRUE(Call(*sagas_, &SagaService::Stub::StartSaga,
                   StartOf("ord-2", "slow", "ok", "ok", 3000), &again)
                  .ok());
  EXPECT_TRUE(again.already_started());
  EXPECT_EQ(again.saga().state(), v1::Saga::STATE_RUNNING);
  const Status live = Call(*sagas_, &SagaService::Stub::StartSaga, StartOf("ord-2"), &again);
  EXPECT_EQ(live.reason(), "SAGA_ID_REUSED");
}

TEST_F(SagaCallsTest, ADryRunStartsNothing) {
  v1::StartSagaRequest request = StartOf("ord-1");
  request.set_validate_only(true);

  const v1::Saga preview = Start(request);

  EXPECT_EQ(preview.business_key(), "key-ord-1");
  EXPECT_EQ(preview.steps_size(), 2);
  v1::GetSagaRequest get;
  get.set_name("ord-1");
  v1::GetSagaResponse response;
  EXPECT_EQ(Call(*sagas_, &SagaService::Stub::GetSaga, get, &response).reason(), "SAGA_NOT_FOUND");
}

TEST_F(SagaCallsTest, ListsComeInPagesAndFiltersHold) {
  for (int i = 0; i < 5; ++i) Start(StartOf("ord-" + std::to_string(i)));
  Start(StartOf("no-1", "no"));
  for (int i = 0; i < 5; ++i) Wait("ord-" + std::to_string(i));
  EXPECT_EQ(Wait("no-1").saga().state(), v1::Saga::STATE_COMPENSATED);
  v1::ListSagasRequest request;
  request.set_filter("state=SUCCEEDED AND labels.region=eu AND definition=order");
  request.set_page_size(2);
  request.set_order_by("create_time");

  std::vector<std::string> names;
  for (int page = 0; page < 3; ++page) {
    v1::ListSagasResponse response;
    ASSERT_TRUE(Call(*sagas_, &SagaService::Stub::ListSagas, request, &response).ok());
    EXPECT_EQ(response.total_size(), 5);
    for (const v1::Saga& saga : response.sagas()) names.push_back(saga.business_key());
    request.set_page_token(response.next_page_token());
  }

  EXPECT_THAT(names, ElementsAre("key-ord-0", "key-ord-1", "key-ord-2", "key-ord-3", "key-ord-4"));
  EXPECT_EQ(request.page_token(), "");
}

TEST_F(SagaCallsTest, ALiveSagaInAListShowsWhereItStands) {
  Start(StartOf("ord-1", "slow", "ok", "ok", 5000));
  v1::ListSagasRequest request;
  v1::ListSagasResponse response;

  ASSERT_TRUE(Call(*sagas_, &SagaService::Stub::ListSagas, request, &response).ok());

  ASSERT_EQ(response.sagas_size(), 1);
  EXPECT_EQ(response.sagas(0).current_step(), "reserve");
}

TEST_F(SagaCallsTest, ACancelledSagaIsUndoneAndSaysWhy) {
  Start(StartOf("ord-1", "slow", "ok", "ok", 500));
  v1::CancelSagaRequest request;
  request.set_name("ord-1");
  request.set_reason("the customer called");
  v1::CancelSagaResponse response;

  ASSERT_EQ(Call(*sagas_, &SagaService::Stub::CancelSaga, request, &response).ToString(), "OK");

  EXPECT_EQ(response.saga().state(), v1::Saga::STATE_COMPENSATING);
  const v1::Saga ended = Wait("ord-1").saga();
  EXPECT_EQ(ended.state(), v1::Saga::STATE_COMPENSATED);
  EXPECT_EQ(ended.note(), "cancelled by alice: the customer called");
  EXPECT_EQ(Call(*sagas_, &SagaService::Stub::CancelSaga, request, &response).reason(),
            "SAGA_ENDED");
}

TEST_F(SagaCallsTest, AWaitThatIsTooShortSaysStillRunning) {
  Start(StartOf("ord-1", "slow", "ok", "ok", 3000));
  v1::WaitSagaRequest request;
  request.set_name("ord-1");
  request.mutable_timeout()->set_nanos(50'000'000);
  v1::WaitSagaResponse response;

  ASSERT_TRUE(Call(*sagas_, &SagaService::Stub::WaitSaga, request, &response).ok());

  EXPECT_FALSE(response.reached());
  EXPECT_EQ(response.saga().state(), v1::Saga::STATE_RUNNING);
}

TEST_F(SagaCallsTest, EventsOfASagaAreContiguousAndComeInPages) {
  Start(StartOf("ord-1", "ok", "no"));
  Wait("ord-1");
  v1::ListSagaEventsRequest request;
  request.set_parent("ord-1");
  request.set_page_size(2);
  std::vector<std::string> types;
  do {
    v1::ListSagaEventsResponse response;
    ASSERT_TRUE(Call(*sagas_, &SagaService::Stub::ListSagaEvents, request, &response).ok());
    for (const v1::SagaEvent& event : response.events()) {
      types.push_back(event.type());
      EXPECT_EQ(event.revision(), static_cast<std::int64_t>(types.size()));
    }
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());

  EXPECT_THAT(types, ElementsAre("saga.started.v1", "step.succeeded.v1", "step.rejected.v1",
                                 "saga.compensating.v1", "step.undone.v1", "saga.compensated.v1"));
}

struct BadCall {
  const char* reason;
  std::function<void(v1::StartSagaRequest&)> change;
};

TEST_F(SagaCallsTest, EveryBadStartHasItsReason) {
  const std::vector<BadCall> calls = {
      {"FIELD_INVALID", [](auto& r) { r.set_saga_id("odd id/1"); }},
      {"FIELD_INVALID", [](auto& r) { r.set_parent("shop"); }},
      {"FIELD_INVALID", [](auto& r) { r.mutable_input()->set_json("{broken"); }},
      {"FIELD_INVALID", [](auto& r) { r.mutable_input()->set_json("{}"); }},
      {"FIELD_INVALID", [](auto& r) { r.mutable_input()->set_json(std::string(2 << 20, ' ')); }},
      {"FIELD_INVALID", [](auto& r) { r.set_business_key(std::string("a\0b", 3)); }},
      {"FIELD_INVALID", [](auto& r) { r.set_definition(""); }},
      {"DEFINITION_NOT_FOUND", [](auto& r) { r.set_definition("odrer"); }},
      {"DEFINITION_NOT_FOUND", [](auto& r) { r.set_definition("order@9"); }},
  };
  for (std::size_t i = 0; i < calls.size(); ++i) {
    v1::StartSagaRequest request = StartOf("ord-" + std::to_string(i));
    calls[i].change(request);
    v1::StartSagaResponse response;
    const Status status = Call(*sagas_, &SagaService::Stub::StartSaga, request, &response);
    EXPECT_EQ(status.reason(), calls[i].reason) << i << ": " << status.ToString();
  }
}

TEST_F(SagaCallsTest, FiltersAndTokensThatMakeNoSenseAreRefused) {
  v1::ListSagasRequest request;
  v1::ListSagasResponse response;
  request.set_filter("helth=STUCK");
  const Status filter = Call(*sagas_, &SagaService::Stub::ListSagas, request, &response);
  EXPECT_EQ(filter.reason(), "FILTER_INVALID");
  EXPECT_THAT(filter.message(), HasSubstr("did you mean 'health'?"));
  request.set_filter("");
  request.set_page_token("deadbeef");
  EXPECT_EQ(Call(*sagas_, &SagaService::Stub::ListSagas, request, &response).reason(),
            "PAGE_TOKEN_MISMATCH");
}

TEST_F(SagaCallsTest, HealthReadinessAndMetricsAreServed) {
  const auto channel = grpc::CreateChannel(sagad_->api(), grpc::InsecureChannelCredentials());
  const auto health = grpc::health::v1::Health::NewStub(channel);
  grpc::ClientContext context;
  grpc::health::v1::HealthCheckResponse response;
  ASSERT_TRUE(health->Check(&context, grpc::health::v1::HealthCheckRequest(), &response).ok());
  EXPECT_EQ(response.status(), grpc::health::v1::HealthCheckResponse::SERVING);

  const auto metrics = sagad_->Get("/metrics");
  EXPECT_EQ(metrics.first, 200);
  EXPECT_THAT(metrics.second, HasSubstr("sagad_build_info"));
  EXPECT_THAT(metrics.second, HasSubstr("sagad_shards_owned 4"));
  EXPECT_EQ(sagad_->Get("/readyz").first, 200);
  EXPECT_EQ(sagad_->Get("/livez").first, 200);
}

}  // namespace
}  // namespace saga::test

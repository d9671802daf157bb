#include <google/protobuf/descriptor.pb.h>

#include "integration/server/sagad_fixture.h"
#include "test/stock/v1/stock.pb.h"

namespace saga::test {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using v1::OperatorService;

class OperatorCallsTest : public SagadTest {
 protected:
  // A saga whose undo is refused: stuck on its way back.
  v1::Saga StuckSaga(const std::string& id) {
    Start(StartOf(id, "ok", "no", "no"));
    return WaitForHealth(id, v1::Saga::HEALTH_STUCK);
  }
};

TEST_F(OperatorCallsTest, AStuckSagaSaysWhyAndWhatCanBeDone) {
  const v1::Saga saga = StuckSaga("ord-1");

  EXPECT_EQ(saga.state(), v1::Saga::STATE_COMPENSATING);
  EXPECT_EQ(saga.current_step(), "reserve/undo");
  EXPECT_EQ(saga.attention().reason(), "COMPENSATION_EXHAUSTED");
  EXPECT_EQ(saga.attention().step_id(), "reserve");
  EXPECT_EQ(saga.attention().operation(), v1::OPERATION_UNDO);
  EXPECT_THAT(saga.attention().summary(), HasSubstr("reserve/undo failed 2 of 2 times"));
  EXPECT_THAT(saga.attention().allowed_actions(), ElementsAre("retry", "skip", "pause", "resolve"));
  EXPECT_EQ(saga.attention().runbook_url(), "https://runbooks.example/order");

  v1::ListStuckGroupsRequest request;
  v1::ListStuckGroupsResponse groups;
  ASSERT_EQ(Call(*operators_, &OperatorService::Stub::ListStuckGroups, request, &groups).ToString(),
            "OK");
  ASSERT_EQ(groups.stuck_groups_size(), 1);
  const v1::StuckGroup& group = groups.stuck_groups(0);
  EXPECT_EQ(group.fingerprint(), saga.attention().fingerprint());
  EXPECT_EQ(group.saga_count(), 1);
  EXPECT_THAT(group.sample_sagas(), ElementsAre("namespaces/default/sagas/ord-1"));
  EXPECT_THAT(group.allowed_actions(), Contains("retry"));
  EXPECT_EQ(group.owner(), "team-test");
  EXPECT_THAT(group.participant_health(), HasSubstr("SERVING"));
}

TEST_F(OperatorCallsTest, ADryRunShowsThePlanAndChangesNothing) {
  const v1::Saga saga = StuckSaga("ord-1");
  v1::RetryStepRequest request;
  request.set_name("ord-1");
  *request.mutable_context() = Context(saga);
  request.mutable_context()->set_validate_only(true);
  v1::RetryStepResponse response;

  ASSERT_EQ(Call(*operators_, &OperatorService::Stub::RetryStep, request, &response).ToString(),
            "OK");

  ASSERT_EQ(response.effect().plan_size(), 1);
  EXPECT_EQ(response.effect().plan(0).step_id(), "reserve");
  EXPECT_EQ(response.effect().plan(0).operation(), v1::OPERATION_UNDO);
  EXPECT_EQ(Get("ord-1").etag(), saga.etag());
}

TEST_F(OperatorCallsTest, ASkippedUndoEndsTheSagaAndIsAudited) {
  const v1::Saga saga = StuckSaga("ord-1");
  v1::SkipStepRequest request;
  request.set_name("ord-1");
  request.set_step_id("reserve");
  *request.mutable_context() = Context(saga, "released by hand");
  v1::SkipStepResponse response;

  ASSERT_EQ(Call(*operators_, &OperatorService::Stub::SkipStep, request, &response).ToString(),
            "OK");

  EXPECT_EQ(response.effect().previous_state(), v1::Saga::STATE_COMPENSATING);
  EXPECT_EQ(Wait("ord-1").saga().state(), v1::Saga::STATE_COMPENSATED);
  v1::ListAuditEntriesRequest audit;
  audit.set_filter("saga=ord-1");
  v1::ListAuditEntriesResponse entries;
  ASSERT_TRUE(Call(*operators_, &OperatorService::Stub::ListAuditEntries, audit, &entries).ok());
  ASSERT_EQ(entries.audit_entries_size(), 1);
  EXPECT_EQ(entries.audit_entries(0).actor(), "alice");
  EXPECT_EQ(entries.audit_entries(0).method(), "SkipStep");
  EXPECT_EQ(entries.audit_entries(0).reason(), "released by hand");

  // Its answer was lost and the client repeats it: the first answer again, no second entry.
  ASSERT_EQ(Call(*operators_, &OperatorService::Stub::SkipStep, request, &response).ToString(),
            "OK");
  ASSERT_TRUE(Call(*operators_, &OperatorService::Stub::ListAuditEntries, audit, &entries).ok());
  EXPECT_EQ(entries.audit_entries_size(), 1);
}

TEST_F(OperatorCallsTest, AResolvedSagaNamesWhatIsLeftUndone) {
  const v1::Saga saga = StuckSaga("ord-1");
  v1::ResolveSagaRequest request;
  request.set_name("ord-1");
  request.set_outcome(v1::ResolveSagaRequest::OUTCOME_COMPENSATED);
  request.set_reference("INC-1");
  *request.mutable_context() = Context(saga, "checked in the warehouse");
  v1::ResolveSagaResponse response;

  ASSERT_EQ(Call(*operators_, &OperatorService::Stub::ResolveSaga, request, &response).ToString(),
            "OK");

  const v1::Saga& resolved = response.effect().saga();
  EXPECT_EQ(resolved.state(), v1::Saga::STATE_RESOLVED);
  EXPECT_EQ(resolved.resolved_as(), v1::Saga::STATE_COMPENSATED);
  EXPECT_EQ(resolved.resolve_reference(), "INC-1");
  EXPECT_THAT(response.effect().warnings(), ElementsAre("left undone: reserve/undo"));
  EXPECT_EQ(Get("ord-1").note(), "resolved as compensated by alice: checked in the warehouse");
}

TEST_F(OperatorCallsTest, APausedSagaCallsNobodyUntilItIsResumed) {
  Start(StartOf("ord-1", "slow", "ok", "ok", 300));
  v1::PauseSagaRequest pause;
  pause.set_name("ord-1");
  pause.mutable_context()->set_reason("deployment of stock");
  pause.mutable_context()->set_force(true);
  v1::PauseSagaResponse paused;
  ASSERT_EQ(Call(*operators_, &OperatorService::Stub::PauseSaga, pause, &paused).ToString(), "OK");
  EXPECT_EQ(paused.effect().saga().health(), v1::Saga::HEALTH_PAUSED);

  v1::ResumeSagaRequest resume;
  resume.set_name("ord-1");
  resume.mutable_context()->set_reason("deployment is done");
  resume.mutable_context()->set_force(true);
  v1::ResumeSagaResponse resumed;
  ASSERT_EQ(Call(*operators_, &OperatorService::Stub::ResumeSaga, resume, &resumed).ToString(),
            "OK");
  EXPECT_EQ(Wait("ord-1").saga().state(), v1::Saga::STATE_SUCCEEDED);
}

TEST_F(OperatorCallsTest, EveryRefusalHasItsReason) {
  const v1::Saga saga = StuckSaga("ord-1");
  v1::RetryStepRequest retry;
  v1::RetryStepResponse response;
  const auto reason = [&] {
    return Call(*operators_, &OperatorService::Stub::RetryStep, retry, &response).reason();
  };
  retry.set_name("ord-1");
  EXPECT_EQ(reason(), "FIELD_INVALID");  // No reason, no etag.
  retry.mutable_context()->set_reason("try it again");
  retry.mutable_context()->set_etag("r1");
  EXPECT_EQ(reason(), "ETAG_MISMATCH");
  *retry.mutable_context() = Context(saga);
  retry.set_step_id("resreve");
  EXPECT_EQ(reason(), "STEP_NOT_FOUND");
  retry.set_step_id("ship");
  EXPECT_EQ(reason(), "STEP_NOT_RETRYABLE");
  retry.set_step_id("");
  retry.set_name("nobody");
  EXPECT_EQ(reason(), "SAGA_NOT_FOUND");

  v1::CompensateSagaRequest compensate;
  compensate.set_name("ord-1");
  *compensate.mutable_context() = Context(saga);
  v1::CompensateSagaResponse compensated;
  EXPECT_EQ(
      Call(*operators_, &OperatorService::Stub::CompensateSaga, compensate, &compensated).reason(),
      "ALREADY_COMPENSATING");
}

TEST_F(OperatorCallsTest, DefinitionsAreVersionedActivatedAndRetired) {
  using v1::DefinitionService;
  v1::RegisterDefinitionRequest request;
  request.set_source(kOrderDefinition);
  v1::RegisterDefinitionResponse response;
  ASSERT_TRUE(
      Call(*definitions_, &DefinitionService::Stub::RegisterDefinition, request, &response).ok());
  EXPECT_TRUE(response.unchanged());

  std::string changed = kOrderDefinition;
  changed.replace(changed.find("deadline: 1m"), 12, "deadline: 2m");
  request.set_source(changed);
  ASSERT_TRUE(
      Call(*definitions_, &DefinitionService::Stub::RegisterDefinition, request, &response).ok());
  EXPECT_EQ(response.definition().name(), "namespaces/default/definitions/order/versions/2");
  EXPECT_FALSE(response.definition().active());

  v1::ActivateDefinitionRequest activate;
  activate.set_name("order@2");
  v1::ActivateDefinitionResponse activated;
  ASSERT_TRUE(
      Call(*definitions_, &DefinitionService::Stub::ActivateDefinition, activate, &activated).ok());
  EXPECT_TRUE(activated.definition().active());
  EXPECT_THAT(Start(StartOf("ord-2")).definition_version(), HasSubstr("/versions/2"));

  v1::RetireDefinitionRequest retire;
  retire.set_name("order@1");
  v1::RetireDefinitionResponse retired;
  ASSERT_TRUE(
      Call(*definitions_, &DefinitionService::Stub::RetireDefinition, retire, &retired).ok());
  v1::StartSagaRequest start = StartOf("ord-1");
  start.set_definition("order@1");
  v1::StartSagaResponse started;
  EXPECT_EQ(Call(*sagas_, &v1::SagaService::Stub::StartSaga, start, &started).reason(),
            "DEFINITION_RETIRED");

  request.set_source("saga: order\nsteps:\n  - { id: a, call: nobody/Do }\n");
  const Status invalid =
      Call(*definitions_, &DefinitionService::Stub::RegisterDefinition, request, &response);
  EXPECT_EQ(invalid.reason(), "DEFINITION_INVALID");
  EXPECT_THAT(invalid.violations().at(0).field, HasSubstr("source:"));
}

TEST_F(OperatorCallsTest, ParticipantsAreListedProbedAndRefusedWhenWrong) {
  using v1::ParticipantService;
  v1::ProbeParticipantRequest probe;
  probe.set_name("stock");
  v1::ProbeParticipantResponse probed;
  ASSERT_TRUE(
      Call(*participants_, &ParticipantService::Stub::ProbeParticipant, probe, &probed).ok());
  EXPECT_EQ(probed.participant().health(), v1::Participant::HEALTH_SERVING);
  EXPECT_THAT(probed.participant().methods(), Contains("test.stock.v1.Stock/Reserve"));
  EXPECT_THAT(probed.participant().definitions(), ElementsAre("order@1"));
  EXPECT_EQ(probed.problems_size(), 0);

  v1::RegisterParticipantRequest request;
  request.set_name("odd name");
  v1::RegisterParticipantResponse response;
  EXPECT_EQ(Call(*participants_, &ParticipantService::Stub::RegisterParticipant, request, &response)
                .reason(),
            "FIELD_INVALID");
  v1::GetParticipantRequest get;
  get.set_name("stocks");
  v1::GetParticipantResponse got;
  EXPECT_EQ(Call(*participants_, &ParticipantService::Stub::GetParticipant, get, &got).reason(),
            "PARTICIPANT_NOT_FOUND");
}

TEST_F(OperatorCallsTest, ADiffNamesWhatBreaksAndWhatSagasInFlightNeed) {
  Start(StartOf("ord-1", "hang"));  // Its participant does not answer: it is in flight.
  v1::DiffDefinitionRequest request;
  request.set_source(
      "saga: order\nowner: team-test\nsteps:\n- { id: reserve, call: stock/Reserve, undo: none "
      "}\n");
  v1::DiffDefinitionResponse diff;

  ASSERT_EQ(
      Call(*definitions_, &v1::DefinitionService::Stub::DiffDefinition, request, &diff).ToString(),
      "OK");

  EXPECT_EQ(diff.verdict(), v1::DiffDefinitionResponse::VERDICT_BREAKING);
  EXPECT_EQ(diff.base().name(), "namespaces/default/definitions/order/versions/1");
  EXPECT_EQ(diff.changes(0).path(), "steps.ship");
  ASSERT_EQ(diff.in_flight_size(), 1);
  EXPECT_EQ(diff.in_flight(0).sagas(), 1);
  EXPECT_THAT(diff.calls_still_needed(), Contains("stock/Release"));

  request.set_source(kOrderDefinition);
  ASSERT_TRUE(
      Call(*definitions_, &v1::DefinitionService::Stub::DiffDefinition, request, &diff).ok());
  EXPECT_EQ(diff.verdict(), v1::DiffDefinitionResponse::VERDICT_IDENTICAL);
  EXPECT_EQ(diff.calls_still_needed_size(), 0);

  request.set_base("nothing@1");
  EXPECT_EQ(
      Call(*definitions_, &v1::DefinitionService::Stub::DiffDefinition, request, &diff).reason(),
      "DEFINITION_NOT_FOUND");
}

TEST_F(OperatorCallsTest, ACheckNamesTheDefinitionsAndSagasThatOtherTypesBreak) {
  Start(StartOf("ord-1", "hang"));
  v1::CheckParticipantRequest request;
  request.set_name("stock");
  v1::CheckParticipantResponse checked;
  ASSERT_EQ(Call(*participants_, &v1::ParticipantService::Stub::CheckParticipant, request, &checked)
                .ToString(),
            "OK");
  EXPECT_FALSE(checked.changed());
  EXPECT_THAT(checked.definitions(), ElementsAre("order@1"));
  EXPECT_EQ(checked.broken_size(), 0);

  google::protobuf::FileDescriptorSet set;
  ::test::stock::v1::Item::descriptor()->file()->CopyTo(set.add_file());
  google::protobuf::FileDescriptorProto& file = *set.add_file();
  ::test::stock::v1::ReserveRequest::descriptor()->file()->CopyTo(&file);
  // The very same types, although the set was not made by reflection.
  request.set_descriptor_set(set.SerializeAsString());
  ASSERT_EQ(Call(*participants_, &v1::ParticipantService::Stub::CheckParticipant, request, &checked)
                .ToString(),
            "OK");
  EXPECT_FALSE(checked.changed());
  EXPECT_EQ(checked.broken_size(), 0);

  auto& methods = *file.mutable_service(0)->mutable_method();
  for (int i = methods.size(); i-- > 0;) {
    // The next version drops the method that undoes.
    if (methods.Get(i).name() == "Release") methods.DeleteSubrange(i, 1);
  }
  request.set_descriptor_set(set.SerializeAsString());
  ASSERT_EQ(Call(*participants_, &v1::ParticipantService::Stub::CheckParticipant, request, &checked)
                .ToString(),
            "OK");
  EXPECT_TRUE(checked.changed());
  ASSERT_EQ(checked.broken_size(), 1);
  EXPECT_EQ(checked.broken(0).definition_version(),
            "namespaces/default/definitions/order/versions/1");
  EXPECT_TRUE(checked.broken(0).active());
  EXPECT_EQ(checked.broken(0).sagas_in_flight(), 1);
  EXPECT_EQ(checked.broken(0).diagnostics(0).path(), "steps[0].undo.call");

  request.set_descriptor_set("no set");
  EXPECT_EQ(Call(*participants_, &v1::ParticipantService::Stub::CheckParticipant, request, &checked)
                .reason(),
            "FIELD_INVALID");
}

TEST_F(OperatorCallsTest, ACheckWithoutTypesComparesWithWhatTheParticipantSaysNow) {
  // What is registered has another number than what runs.
  google::protobuf::FileDescriptorSet set;
  ::test::stock::v1::Item::descriptor()->file()->CopyTo(set.add_file());
  google::protobuf::FileDescriptorProto& file = *set.add_file();
  ::test::stock::v1::ReserveRequest::descriptor()->file()->CopyTo(&file);
  for (auto& message : *file.mutable_message_type()) {
    if (message.name() != "ReserveRequest") continue;
    for (auto& field : *message.mutable_field()) {
      if (field.name() == "order_id") field.set_number(77);
    }
  }
  v1::GetParticipantRequest get;
  get.set_name("stock");
  v1::GetParticipantResponse known;
  ASSERT_TRUE(
      Call(*participants_, &v1::ParticipantService::Stub::GetParticipant, get, &known).ok());
  v1::RegisterParticipantRequest stale;
  stale.set_name("stock");
  stale.set_target(known.participant().target());
  stale.set_service(known.participant().service());
  stale.set_descriptor_set(set.SerializeAsString());
  v1::RegisterParticipantResponse registered;
  ASSERT_EQ(
      Call(*participants_, &v1::ParticipantService::Stub::RegisterParticipant, stale, &registered)
          .ToString(),
      "OK");

  v1::CheckParticipantRequest request;
  request.set_name("stock");
  v1::CheckParticipantResponse checked;
  ASSERT_EQ(Call(*participants_, &v1::ParticipantService::Stub::CheckParticipant, request, &checked)
                .ToString(),
            "OK");

  EXPECT_TRUE(checked.changed());
  ASSERT_EQ(checked.broken_size(), 1);
  EXPECT_EQ(checked.broken(0).sagas_in_flight(), 0);
  EXPECT_EQ(checked.broken(0).diagnostics(0).path(), "steps[0].with");
  EXPECT_THAT(checked.broken(0).diagnostics(0).message(),
              HasSubstr("order_id has the number 1 instead of 77"));
}

TEST_F(OperatorCallsTest, LintSaysWhichParticipantCannotBeReached) {
  // Its descriptors are known; nobody listens there.
  google::protobuf::FileDescriptorSet set;
  ::test::stock::v1::Item::descriptor()->file()->CopyTo(set.add_file());
  ::test::stock::v1::ReserveRequest::descriptor()->file()->CopyTo(set.add_file());
  v1::RegisterParticipantRequest away;
  away.set_name("away");
  away.set_target("127.0.0.1:1");
  away.set_descriptor_set(set.SerializeAsString());
  v1::RegisterParticipantResponse registered;
  ASSERT_EQ(
      Call(*participants_, &v1::ParticipantService::Stub::RegisterParticipant, away, &registered)
          .ToString(),
      "OK");
  v1::LintDefinitionRequest request;
  request.set_source(
      "saga: s\nowner: o\nsteps:\n- { id: a, call: stock/Reserve, undo: none }\n"
      "- { id: b, call: away/Reserve, undo: none }\n- { id: c, call: away/Reserve, undo: none }\n");
  v1::LintDefinitionResponse response;

  ASSERT_EQ(Call(*definitions_, &v1::DefinitionService::Stub::LintDefinition, request, &response)
                .ToString(),
            "OK");

  ASSERT_EQ(response.diagnostics_size(), 1) << response.DebugString();
  EXPECT_EQ(response.diagnostics(0).code(), "SAGA025");
  EXPECT_EQ(response.diagnostics(0).severity(), v1::Diagnostic::SEVERITY_WARNING);
  EXPECT_EQ(response.diagnostics(0).line(), 5);
  EXPECT_THAT(response.diagnostics(0).message(), HasSubstr("'away' cannot be reached"));
}

TEST_F(OperatorCallsTest, ReflectionTellsEveryMethodOfTheApi) {
  // Its own reflection client reads the server that it runs in.
  v1::RegisterParticipantRequest request;
  request.set_name("itself");
  request.set_target(sagad_->api());
  v1::RegisterParticipantResponse response;

  ASSERT_EQ(
      Call(*participants_, &v1::ParticipantService::Stub::RegisterParticipant, request, &response)
          .ToString(),
      "OK");

  for (const char* method :
       {"saga.v1.SagaService/StartSaga", "saga.v1.DefinitionService/RegisterDefinition",
        "saga.v1.OperatorService/RetryStep", "saga.v1.ParticipantService/ProbeParticipant"}) {
    EXPECT_THAT(response.participant().methods(), Contains(method));
  }
}

}  // namespace
}  // namespace saga::test

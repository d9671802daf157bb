#include "unit/admin/samples.h"

namespace saga::admin::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

void Set(google::protobuf::Timestamp* timestamp, TimePoint time) { *timestamp = ToTimestamp(time); }

v1::Saga Named(const std::string& id, const std::string& key) {
  v1::Saga saga;
  saga.set_name("namespaces/default/sagas/" + id);
  saga.set_definition_version("namespaces/default/definitions/checkout/versions/7");
  saga.set_business_key(key);
  saga.set_owner("team-checkout");
  saga.set_started_by("web");
  return saga;
}

v1::Step& AddStep(v1::Saga& saga, const std::string& id, v1::Step::State state,
                  const std::string& participant) {
  v1::Step& step = *saga.add_steps();
  step.set_step_id(id);
  step.set_state(state);
  step.set_participant(participant);
  return step;
}

v1::Attempt& AddAttempt(v1::Step& step, v1::Operation operation, const std::string& method,
                        TimePoint start, int number) {
  v1::Attempt& attempt = *step.add_attempts();
  attempt.set_operation(operation);
  attempt.set_method(method);
  attempt.set_number(number);
  Set(attempt.mutable_start_time(), start);
  return attempt;
}

void Took(v1::Attempt& attempt, milliseconds took) {
  attempt.mutable_duration()->set_seconds(took.count() / 1000);
  attempt.mutable_duration()->set_nanos(static_cast<int>(took.count() % 1000 * 1'000'000));
}

void Fill(v1::Failure& failure, int code, const std::string& reason, const std::string& message) {
  failure.set_code(code);
  failure.set_reason(reason);
  failure.set_message(message);
}

v1::SagaEvent StepEvent(std::int64_t revision, const std::string& type, TimePoint time,
                        const std::string& step, v1::Operation operation,
                        std::vector<std::string> due) {
  v1::SagaEvent event = Event(revision, type, time);
  event.set_step_id(step);
  event.set_operation(operation);
  event.set_attempt(1);
  for (std::string& call : due) event.add_due(std::move(call));
  return event;
}

}  // namespace

v1::Saga RunningSaga() {
  v1::Saga saga = Named("019a3c1e-7b1f-7d02-9c11-6f0a2b7e4d10", "ord-88213");
  saga.set_state(v1::Saga::STATE_RUNNING);
  saga.set_health(v1::Saga::HEALTH_RETRYING);
  saga.set_failed_attempts(4);
  saga.set_current_step("capture");
  saga.set_revision(9);
  saga.set_etag("r9");
  Set(saga.mutable_create_time(), Ago(seconds(41)));
  Set(saga.mutable_update_time(), Ago(seconds(3)));
  return saga;
}

v1::Saga StuckSaga() {
  v1::Saga saga = Named("ord-1007", "ord-1007");
  saga.set_state(v1::Saga::STATE_COMPENSATING);
  saga.set_health(v1::Saga::HEALTH_STUCK);
  saga.set_current_step("reserve_stock/undo");
  saga.set_revision(11);
  saga.set_etag("r11");
  saga.set_note(
      "rolled back because of authorize: FAILED_PRECONDITION CARD_DECLINED card declined");
  (*saga.mutable_labels())["region"] = "eu";
  Set(saga.mutable_create_time(), Ago(minutes(24)));
  Set(saga.mutable_update_time(), Ago(minutes(12)));
  Set(saga.mutable_deadline(), Ago(minutes(9)));
  Fill(*saga.mutable_failure(), 9, "CARD_DECLINED", "card declined");

  v1::Attention& attention = *saga.mutable_attention();
  attention.set_reason("COMPENSATION_EXHAUSTED");
  attention.set_step_id("reserve_stock");
  attention.set_operation(v1::OPERATION_UNDO);
  attention.set_summary(
      "reserve_stock/undo failed 4 of 4 times; last: FAILED_PRECONDITION HOLD_LOCKED a count is "
      "going on");
  attention.set_participant("inventory");
  attention.set_attempts(4);
  Set(attention.mutable_since(), Ago(minutes(12)));
  for (const char* action : {"retry", "skip", "pause", "resolve"}) {
    attention.add_allowed_actions(action);
  }

  v1::Step& create = AddStep(saga, "create_order", v1::Step::STATE_SUCCEEDED, "orders");
  create.set_undoable(true);
  Took(
      AddAttempt(create, v1::OPERATION_ACTION, "/shop.order.v1.Orders/Create", Ago(minutes(24)), 1),
      milliseconds(38));
  v1::Step& reserve = AddStep(saga, "reserve_stock", v1::Step::STATE_UNDOING, "inventory");
  reserve.add_after("create_order");
  reserve.set_operation(v1::OPERATION_UNDO);
  reserve.set_stuck_reason("COMPENSATION_EXHAUSTED");
  Took(AddAttempt(reserve, v1::OPERATION_ACTION, "/shop.stock.v1.Inventory/Reserve",
                  Ago(minutes(24)) + milliseconds(38), 1),
       milliseconds(52));
  v1::Attempt& release = AddAttempt(reserve, v1::OPERATION_UNDO, "/shop.stock.v1.Inventory/Release",
                                    Ago(minutes(23)), 4);
  Fill(*release.mutable_failure(), 9, "HOLD_LOCKED", "a count is going on");
  v1::Step& authorize = AddStep(saga, "authorize", v1::Step::STATE_REJECTED, "payments");
  authorize.add_after("create_order");
  v1::Attempt& charge =
      AddAttempt(authorize, v1::OPERATION_ACTION, "/shop.pay.v1.Payments/Authorize",
                 Ago(minutes(24)) + milliseconds(38), 1);
  Took(charge, milliseconds(212));
  Fill(*charge.mutable_failure(), 9, "CARD_DECLINED", "card declined");
  v1::Step& capture = AddStep(saga, "capture", v1::Step::STATE_WAITING, "payments");
  capture.set_pivot(true);
  capture.add_after("reserve_stock");
  capture.add_after("authorize");
  return saga;
}

v1::Saga CompensatedSaga() {
  v1::Saga saga = Named("ord-1003", "ord-1003");
  saga.set_state(v1::Saga::STATE_COMPENSATED);
  saga.set_health(v1::Saga::HEALTH_OK);
  saga.set_revision(8);
  saga.set_etag("r8");
  Set(saga.mutable_create_time(), Ago(minutes(15)));
  Set(saga.mutable_update_time(), Ago(minutes(14)));
  Set(saga.mutable_end_time(), Ago(minutes(14)));
  return saga;
}

v1::StuckGroup StuckGroupOf(std::int64_t sagas) {
  v1::StuckGroup group;
  group.set_fingerprint("a91f03cc");
  group.set_definition("checkout");
  group.set_step_id("reserve_stock");
  group.set_operation(v1::OPERATION_UNDO);
  group.set_owner("team-checkout");
  group.set_saga_count(sagas);
  group.set_participant("inventory");
  group.set_participant_health("SERVING for 2m");
  group.set_reason("COMPENSATION_EXHAUSTED");
  group.add_sample_sagas("namespaces/default/sagas/ord-1007");
  group.add_allowed_actions("retry");
  Fill(*group.mutable_failure(), 9, "HOLD_LOCKED", "a count is going on");
  Set(group.mutable_oldest(), Ago(minutes(47)));
  Set(group.mutable_newest(), Ago(minutes(1)));
  return group;
}

v1::Participant Inventory() {
  v1::Participant participant;
  participant.set_name("namespaces/default/participants/inventory");
  participant.set_target("dns:///inventory:9090");
  participant.set_health(v1::Participant::HEALTH_SERVING);
  Set(participant.mutable_health_since(), Ago(minutes(2)));
  participant.set_in_flight(31);
  participant.set_max_in_flight(200);
  participant.set_error_ratio(0.002);
  participant.mutable_p99()->set_nanos(61'000'000);
  participant.set_service("shop.stock.v1.Inventory");
  participant.add_methods("shop.stock.v1.Inventory/Reserve");
  participant.add_methods("shop.stock.v1.Inventory/Release");
  Set(participant.mutable_last_success_time(), Ago(seconds(1)));
  return participant;
}

v1::SagaEvent Event(std::int64_t revision, const std::string& type, TimePoint time) {
  v1::SagaEvent event;
  event.set_saga("namespaces/default/sagas/ord-1007");
  event.set_business_key("ord-1007");
  event.set_definition("checkout@7");
  event.set_actor("engine");
  event.set_revision(revision);
  event.set_type(type);
  *event.mutable_time() = ToTimestamp(time);
  return event;
}

std::vector<v1::SagaEvent> StuckEvents() {
  const TimePoint begin = Ago(minutes(24));
  v1::SagaEvent started = Event(1, "saga.started.v1", begin);
  started.add_due("create_order");
  started.set_actor("web");
  std::vector<v1::SagaEvent> events = {started};
  events.push_back(StepEvent(2, "step.succeeded.v1", begin + milliseconds(38), "create_order",
                             v1::OPERATION_ACTION, {"reserve_stock", "authorize"}));
  events.push_back(StepEvent(3, "step.succeeded.v1", begin + milliseconds(90), "reserve_stock",
                             v1::OPERATION_ACTION, {}));
  v1::SagaEvent rejected = StepEvent(4, "step.rejected.v1", begin + milliseconds(250), "authorize",
                                     v1::OPERATION_ACTION, {});
  Fill(*rejected.mutable_failure(), 9, "CARD_DECLINED", "card declined");
  events.push_back(rejected);
  v1::SagaEvent back = Event(5, "saga.compensating.v1", begin + milliseconds(250));
  back.set_step_id("authorize");
  back.set_note("STEP_FAILED");
  back.add_due("reserve_stock/undo");
  events.push_back(back);
  v1::SagaEvent retrying = StepEvent(6, "step.retrying.v1", begin + milliseconds(300),
                                     "reserve_stock", v1::OPERATION_UNDO, {});
  Fill(*retrying.mutable_failure(), 9, "HOLD_LOCKED", "a count is going on");
  *retrying.mutable_next_attempt_time() = ToTimestamp(begin + milliseconds(500));
  events.push_back(retrying);
  v1::SagaEvent stuck = StepEvent(7, "saga.stuck.v1", begin + milliseconds(900), "reserve_stock",
                                  v1::OPERATION_UNDO, {});
  stuck.set_attempt(4);
  stuck.set_note("COMPENSATION_EXHAUSTED");
  Fill(*stuck.mutable_failure(), 9, "HOLD_LOCKED", "a count is going on");
  events.push_back(stuck);
  return events;
}

}  // namespace saga::admin::test

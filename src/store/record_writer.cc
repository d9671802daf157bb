#include "store/record_parts.h"

namespace saga {
namespace {

namespace pb = saga::internal::v1;

std::uint32_t Number(StepIndex step) { return static_cast<std::uint32_t>(ToSize(step)); }
std::uint32_t Number(Operation operation) { return static_cast<std::uint32_t>(operation); }

template <typename Repeated>
void PutDue(const DueCalls& due, Repeated* out) {
  for (const DueCall& call : due) {
    auto* stored = out->Add();
    stored->set_step(Number(call.step));
    stored->set_operation(Number(call.operation));
  }
}

template <typename Repeated>
void PutWaits(const StepWaits& waits, Repeated* out) {
  for (const StepWait& wait : waits) {
    auto* stored = out->Add();
    stored->set_step(Number(wait.step));
    if (wait.until) stored->set_until(ToMicros(*wait.until));
  }
}

void PutPlace(const FollowUpPlace& place, pb::FollowUpPlace* out) {
  out->set_kind(static_cast<std::uint32_t>(place.kind));
  out->set_index(place.index);
}

template <typename Repeated>
void PutSteps(const std::vector<StepIndex>& steps, Repeated* out) {
  for (const StepIndex step : steps) out->Add(Number(step));
}

void PutPayload(const PayloadRef& payload, pb::StoredPayload* out) {
  if (!payload) return;
  out->set_encoding(static_cast<std::uint32_t>(payload->encoding));
  out->set_type(payload->type);
  out->set_data(payload->bytes);
}

void PutFailure(const Failure& failure, pb::StoredFailure* out) {
  out->set_code(static_cast<std::uint32_t>(failure.code));
  out->set_reason(failure.reason);
  out->set_domain(failure.domain);
  out->set_message(failure.message);
}

struct Writer {
  pb::StoredRecord& out;

  void operator()(const SagaStarted& r) const {
    auto* m = out.mutable_saga_started();
    m->set_definition(r.definition);
    m->set_version(r.version);
    m->set_definition_digest(r.definition_digest);
    m->set_start_digest(r.start_digest);
    PutPayload(r.input, m->mutable_input());
    m->set_business_key(r.business_key);
    for (const auto& [key, value] : r.labels) (*m->mutable_labels())[key] = value;
    if (r.deadline) m->set_deadline(ToMicros(*r.deadline));
    m->set_started_by(r.started_by);
    m->set_traceparent(r.traceparent);
    PutOpened(r, m);
  }
  void operator()(const StepSucceeded& r) const {
    auto* m = out.mutable_step_succeeded();
    PutStep(r, m);
    PutPayload(r.output, m->mutable_output());
    m->set_declined(r.declined);
    PutOpened(r, m);
  }
  void operator()(const StepRejected& r) const {
    auto* m = out.mutable_step_rejected();
    PutStep(r, m);
    PutFailure(r.failure, m->mutable_failure());
    m->set_may_have_happened(r.may_have_happened);
    PutDue(r.due, m->mutable_due());
  }
  void operator()(const StepInDoubt& r) const {
    auto* m = out.mutable_step_in_doubt();
    PutStep(r, m);
    PutFailure(r.failure, m->mutable_failure());
    PutDue(r.due, m->mutable_due());
  }
  void operator()(const StepRetrying& r) const {
    auto* m = out.mutable_step_retrying();
    PutStep(r, m);
    m->set_failures(r.failures);
    PutFailure(r.failure, m->mutable_failure());
    m->set_next_attempt(ToMicros(r.next_attempt));
    m->set_may_have_happened(r.may_have_happened);
  }
  void operator()(const StepGivenUp& r) const {
    auto* m = out.mutable_step_given_up();
    m->set_step(Number(r.step));
    m->set_attempts(r.attempts);
    PutFailure(r.failure, m->mutable_failure());
    m->set_may_have_happened(r.may_have_happened);
    PutOpened(r, m);
  }
  void operator()(const StepLate& r) const {
    auto* m = out.mutable_step_late();
    PutStep(r, m);
    if (r.output) PutPayload(r.output, m->mutable_output());
  }
  void operator()(const StepUndone& r) const {
    auto* m = out.mutable_step_undone();
    PutStep(r, m);
    PutDue(r.due, m->mutable_due());
  }
  void operator()(const StepStuck& r) const {
    auto* m = out.mutable_step_stuck();
    PutStep(r, m);
    m->set_reason(static_cast<std::uint32_t>(r.reason));
    PutFailure(r.failure, m->mutable_failure());
    m->set_may_have_happened(r.may_have_happened);
  }
  void operator()(const StepRecovered& r) const {
    auto* m = out.mutable_step_recovered();
    m->set_step(Number(r.step));
    m->set_operation(Number(r.operation));
    m->set_key_generation(r.key_generation);
    if (r.next_attempt) m->set_next_attempt(ToMicros(*r.next_attempt));
    PutOpened(r, m);
  }
  void operator()(const CompensationStarted& r) const {
    auto* m = out.mutable_compensation_started();
    m->set_cause(static_cast<std::uint32_t>(r.cause));
    if (r.step) m->set_step_plus_one(Number(*r.step) + 1);
    PutFailure(r.failure, m->mutable_failure());
    m->set_actor(r.actor);
    m->set_reason(r.reason);
    PutSteps(r.resolving, m->mutable_resolving());
    PutSteps(r.abandoned, m->mutable_abandoned());
    PutDue(r.due, m->mutable_due());
  }
  void operator()(const SagaPaused&) const { out.mutable_saga_paused(); }
  void operator()(const SagaResumed& r) const {
    auto* m = out.mutable_saga_resumed();
    if (r.deadline) m->set_deadline(ToMicros(*r.deadline));
  }
  void operator()(const OperatorActed& r) const {
    auto* m = out.mutable_operator_acted();
    m->set_action(static_cast<std::uint32_t>(r.action));
    m->set_actor(r.actor);
    m->set_client(r.client);
    m->set_reason(r.reason);
    m->set_reference(r.reference);
    if (r.step) m->set_step_plus_one(Number(*r.step) + 1);
    if (r.operation) m->set_operation(Number(*r.operation));
    m->set_request_digest(r.request_digest);
    if (r.follow_up) PutPlace(*r.follow_up, m->mutable_follow_up());
  }
  void operator()(const SagaSucceeded&) const { out.mutable_saga_succeeded(); }
  void operator()(const SagaCompensated&) const { out.mutable_saga_compensated(); }
  void operator()(const SagaResolved& r) const {
    auto* m = out.mutable_saga_resolved();
    m->set_as(static_cast<std::uint32_t>(r.as));
    m->set_actor(r.actor);
    m->set_reason(r.reason);
    m->set_reference(r.reference);
  }
  void operator()(const HoldsDecided& r) const {
    auto* m = out.mutable_holds_decided();
    m->set_decision(static_cast<std::uint32_t>(r.decision));
    PutDue(r.due, m->mutable_due());
  }
  void operator()(const StepAccepted& r) const {
    auto* m = out.mutable_step_accepted();
    PutStep(r, m);
    if (r.until) m->set_until(ToMicros(*r.until));
    if (r.next_query) m->set_next_query(ToMicros(*r.next_query));
  }
  void operator()(const StepConfirmed& r) const {
    auto* m = out.mutable_step_confirmed();
    PutStep(r, m);
    PutOpened(r, m);
  }
  void operator()(const StepCancelled& r) const {
    auto* m = out.mutable_step_cancelled();
    PutStep(r, m);
    PutDue(r.due, m->mutable_due());
  }
  void operator()(const TimerFired& r) const {
    auto* m = out.mutable_timer_fired();
    m->set_step(Number(r.step));
    PutOpened(r, m);
  }
  void operator()(const SignalReceived& r) const {
    auto* m = out.mutable_signal_received();
    m->set_name(r.name);
    m->set_id(r.id);
    PutPayload(r.payload, m->mutable_payload());
  }
  void operator()(const FollowUpRequested& r) const {
    PutPlace(r.place, out.mutable_follow_up_requested()->mutable_place());
  }
  void operator()(const FollowUpStarted& r) const {
    PutPlace(r.place, out.mutable_follow_up_started()->mutable_place());
  }
  void operator()(const FollowUpStuck& r) const {
    auto* m = out.mutable_follow_up_stuck();
    PutPlace(r.place, m->mutable_place());
    PutFailure(r.failure, m->mutable_failure());
  }
  void operator()(const FollowUpRecovered& r) const {
    PutPlace(r.place, out.mutable_follow_up_recovered()->mutable_place());
  }

 private:
  // What a forward record opens.
  template <typename R, typename M>
  static void PutOpened(const R& r, M* m) {
    PutDue(r.due, m->mutable_due());
    PutSteps(r.skipped, m->mutable_skipped());
    PutWaits(r.waits, m->mutable_waits());
  }
  template <typename R, typename M>
  static void PutStep(const R& r, M* m) {
    m->set_step(Number(r.step));
    m->set_operation(Number(r.operation));
    m->set_attempts(r.attempts);
  }
};

}  // namespace

void ToStored(const Record& record, internal::v1::StoredRecord& stored) {
  std::visit(Writer{stored}, record);
}

}  // namespace saga

#include "store/record_codec.h"

#include <fmt/format.h>

#include <utility>

#include "base/overloaded.h"
#include "saga/internal/v1/record.pb.h"

namespace saga {
namespace {

namespace pb = saga::internal::v1;

// ---- To protobuf ----

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
    PutDue(r.due, m->mutable_due());
  }
  void operator()(const StepSucceeded& r) const {
    auto* m = out.mutable_step_succeeded();
    PutStep(r, m);
    PutPayload(r.output, m->mutable_output());
    m->set_declined(r.declined);
    PutDue(r.due, m->mutable_due());
    PutSteps(r.skipped, m->mutable_skipped());
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
    PutDue(r.due, m->mutable_due());
    PutSteps(r.skipped, m->mutable_skipped());
  }
  void operator()(const StepLate& r) const { PutStep(r, out.mutable_step_late()); }
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

 private:
  template <typename R, typename M>
  static void PutStep(const R& r, M* m) {
    m->set_step(Number(r.step));
    m->set_operation(Number(r.operation));
    m->set_attempts(r.attempts);
  }
};

// ---- From protobuf ----

// A stored enum value that this release does not know: the record cannot be understood.
struct UnknownValue {};

StepIndex Step(std::uint32_t step) {
  if (step > 0xffff) throw UnknownValue();
  return static_cast<StepIndex>(step);
}

template <typename Enum>
Enum Value(std::uint32_t value, std::uint32_t first, std::uint32_t last) {
  if (value < first || value > last) throw UnknownValue();
  return static_cast<Enum>(value);
}

Operation ReadOperation(std::uint32_t value) { return Value<Operation>(value, 1, 5); }

template <typename Repeated>
DueCalls ReadDue(const Repeated& stored) {
  DueCalls due;
  due.reserve(static_cast<std::size_t>(stored.size()));
  for (const auto& call : stored)
    due.push_back({Step(call.step()), ReadOperation(call.operation())});
  return due;
}

template <typename Repeated>
std::vector<StepIndex> ReadSteps(const Repeated& stored) {
  std::vector<StepIndex> steps;
  for (const std::uint32_t step : stored) steps.push_back(Step(step));
  return steps;
}

PayloadRef ReadPayload(const pb::StoredPayload& stored) {
  return MakePayload(
      {Value<PayloadEncoding>(stored.encoding(), 0, 2), stored.type(), stored.data()});
}

Failure ReadFailure(const pb::StoredFailure& stored) {
  return {Value<StatusCode>(stored.code(), 0, 16), stored.reason(), stored.domain(),
          stored.message()};
}

std::optional<TimePoint> ReadTime(std::int64_t micros) {
  return micros == 0 ? std::nullopt : std::optional(FromMicros(micros));
}

Record Read(const pb::SagaStarted& m) {
  SagaStarted r{.definition = m.definition(),
                .version = m.version(),
                .definition_digest = m.definition_digest(),
                .start_digest = m.start_digest(),
                .input = ReadPayload(m.input()),
                .business_key = m.business_key(),
                .labels = {m.labels().begin(), m.labels().end()},
                .deadline = ReadTime(m.deadline()),
                .started_by = m.started_by(),
                .traceparent = m.traceparent(),
                .due = ReadDue(m.due())};
  return r;
}
Record Read(const pb::StepSucceeded& m) {
  return StepSucceeded{Step(m.step()),        ReadOperation(m.operation()),
                       m.attempts(),          ReadPayload(m.output()),
                       m.declined(),          ReadDue(m.due()),
                       ReadSteps(m.skipped())};
}
Record Read(const pb::StepRejected& m) {
  return StepRejected{Step(m.step()),           ReadOperation(m.operation()), m.attempts(),
                      ReadFailure(m.failure()), m.may_have_happened(),        ReadDue(m.due())};
}
Record Read(const pb::StepInDoubt& m) {
  return StepInDoubt{Step(m.step()), ReadOperation(m.operation()), m.attempts(),
                     ReadFailure(m.failure())};
}
Record Read(const pb::StepRetrying& m) {
  return StepRetrying{
      Step(m.step()),           ReadOperation(m.operation()), m.attempts(),         m.failures(),
      ReadFailure(m.failure()), FromMicros(m.next_attempt()), m.may_have_happened()};
}
Record Read(const pb::StepGivenUp& m) {
  return StepGivenUp{Step(m.step()),        m.attempts(),     ReadFailure(m.failure()),
                     m.may_have_happened(), ReadDue(m.due()), ReadSteps(m.skipped())};
}
Record Read(const pb::StepLate& m) {
  return StepLate{Step(m.step()), ReadOperation(m.operation()), m.attempts()};
}
Record Read(const pb::StepUndone& m) {
  return StepUndone{Step(m.step()), ReadOperation(m.operation()), m.attempts(), ReadDue(m.due())};
}
Record Read(const pb::StepStuck& m) {
  return StepStuck{
      Step(m.step()), ReadOperation(m.operation()), Value<StuckReason>(m.reason(), 1, 6),
      m.attempts(),   ReadFailure(m.failure()),     m.may_have_happened()};
}
Record Read(const pb::StepRecovered& m) {
  return StepRecovered{Step(m.step()), ReadOperation(m.operation()), m.key_generation()};
}
Record Read(const pb::CompensationStarted& m) {
  CompensationStarted r{.cause = Value<CompensationCause>(m.cause(), 1, 4),
                        .step = std::nullopt,
                        .failure = ReadFailure(m.failure()),
                        .actor = m.actor(),
                        .reason = m.reason(),
                        .resolving = ReadSteps(m.resolving()),
                        .abandoned = ReadSteps(m.abandoned()),
                        .due = ReadDue(m.due())};
  if (m.step_plus_one() > 0) r.step = Step(m.step_plus_one() - 1);
  return r;
}
Record Read(const pb::SagaPaused&) { return SagaPaused{}; }
Record Read(const pb::SagaResumed& m) { return SagaResumed{ReadTime(m.deadline())}; }
Record Read(const pb::OperatorActed& m) {
  OperatorActed r{.action = Value<OperatorAction>(m.action(), 1, 7),
                  .actor = m.actor(),
                  .client = m.client(),
                  .reason = m.reason(),
                  .reference = m.reference(),
                  .step = std::nullopt,
                  .operation = std::nullopt,
                  .request_digest = m.request_digest()};
  if (m.step_plus_one() > 0) r.step = Step(m.step_plus_one() - 1);
  if (m.operation() > 0) r.operation = ReadOperation(m.operation());
  return r;
}
Record Read(const pb::SagaSucceeded&) { return SagaSucceeded{}; }
Record Read(const pb::SagaCompensated&) { return SagaCompensated{}; }
Record Read(const pb::SagaResolved& m) {
  return SagaResolved{Value<ResolvedAs>(m.as(), 1, 2), m.actor(), m.reason(), m.reference()};
}

// Requires: a record is set.
Record ReadAny(const pb::StoredRecord& stored) {
  using Case = pb::StoredRecord::RecordCase;
  switch (stored.record_case()) {
    case Case::kSagaStarted:
      return Read(stored.saga_started());
    case Case::kStepSucceeded:
      return Read(stored.step_succeeded());
    case Case::kStepRejected:
      return Read(stored.step_rejected());
    case Case::kStepInDoubt:
      return Read(stored.step_in_doubt());
    case Case::kStepRetrying:
      return Read(stored.step_retrying());
    case Case::kStepGivenUp:
      return Read(stored.step_given_up());
    case Case::kStepLate:
      return Read(stored.step_late());
    case Case::kStepUndone:
      return Read(stored.step_undone());
    case Case::kStepStuck:
      return Read(stored.step_stuck());
    case Case::kStepRecovered:
      return Read(stored.step_recovered());
    case Case::kCompensationStarted:
      return Read(stored.compensation_started());
    case Case::kSagaPaused:
      return Read(stored.saga_paused());
    case Case::kSagaResumed:
      return Read(stored.saga_resumed());
    case Case::kOperatorActed:
      return Read(stored.operator_acted());
    case Case::kSagaSucceeded:
      return Read(stored.saga_succeeded());
    case Case::kSagaCompensated:
      return Read(stored.saga_compensated());
    case Case::kSagaResolved:
      return Read(stored.saga_resolved());
    case Case::RECORD_NOT_SET:
      break;
  }
  throw UnknownValue();
}

}  // namespace

std::string ProtoRecordCodec::Encode(const NumberedRecord& record) const {
  // Reused: a message keeps its allocations when it is cleared.
  thread_local pb::StoredRecord stored;
  stored.Clear();
  stored.set_revision(ToNumber(record.revision));
  stored.set_at(ToMicros(record.at));
  std::visit(Writer{stored}, record.record);
  return stored.SerializeAsString();
}

Result<NumberedRecord> ProtoRecordCodec::Decode(std::string_view bytes) const {
  pb::StoredRecord stored;
  if (!stored.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) ||
      stored.revision() == 0) {
    return Status(StatusCode::kDataLoss, "RECORD_BROKEN",
                  fmt::format("{} bytes that are no record", bytes.size()));
  }
  try {
    return NumberedRecord{static_cast<Revision>(stored.revision()), FromMicros(stored.at()),
                          ReadAny(stored)};
  } catch (const UnknownValue&) {
    return Status(StatusCode::kDataLoss, "RECORD_UNKNOWN",
                  fmt::format("record r{} is of a kind that this release does not know; it was "
                              "written by a newer one",
                              stored.revision()));
  }
}

}  // namespace saga

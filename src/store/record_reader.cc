#include <utility>

#include "store/record_parts.h"

namespace saga {
namespace {

namespace pb = saga::internal::v1;

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

std::optional<TimePoint> ReadTime(std::int64_t micros) {
  return micros == 0 ? std::nullopt : std::optional(FromMicros(micros));
}

Operation ReadOperation(std::uint32_t value) { return Value<Operation>(value, 1, 6); }

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

template <typename Repeated>
StepWaits ReadWaits(const Repeated& stored) {
  StepWaits waits;
  waits.reserve(static_cast<std::size_t>(stored.size()));
  for (const auto& wait : stored) waits.push_back({Step(wait.step()), ReadTime(wait.until())});
  return waits;
}

FollowUpPlace ReadPlace(const pb::FollowUpPlace& stored) {
  return {Value<FollowUpKind>(stored.kind(), 1, 3),
          static_cast<std::uint16_t>(ToSize(Step(stored.index())))};
}

PayloadRef ReadPayload(const pb::StoredPayload& stored) {
  return MakePayload(
      {Value<PayloadEncoding>(stored.encoding(), 0, 2), stored.type(), stored.data()});
}

Failure ReadFailure(const pb::StoredFailure& stored) {
  return {Value<StatusCode>(stored.code(), 0, 16), stored.reason(), stored.domain(),
          stored.message()};
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
                .due = ReadDue(m.due()),
                .skipped = ReadSteps(m.skipped()),
                .waits = ReadWaits(m.waits())};
  return r;
}
Record Read(const pb::StepSucceeded& m) {
  return StepSucceeded{Step(m.step()),         ReadOperation(m.operation()),
                       m.attempts(),           ReadPayload(m.output()),
                       m.declined(),           ReadDue(m.due()),
                       ReadSteps(m.skipped()), ReadWaits(m.waits())};
}
Record Read(const pb::StepRejected& m) {
  return StepRejected{Step(m.step()),           ReadOperation(m.operation()), m.attempts(),
                      ReadFailure(m.failure()), m.may_have_happened(),        ReadDue(m.due())};
}
Record Read(const pb::StepInDoubt& m) {
  return StepInDoubt{Step(m.step()), ReadOperation(m.operation()), m.attempts(),
                     ReadFailure(m.failure()), ReadDue(m.due())};
}
Record Read(const pb::StepRetrying& m) {
  return StepRetrying{
      Step(m.step()),           ReadOperation(m.operation()), m.attempts(),         m.failures(),
      ReadFailure(m.failure()), FromMicros(m.next_attempt()), m.may_have_happened()};
}
Record Read(const pb::StepGivenUp& m) {
  return StepGivenUp{Step(m.step()),        m.attempts(),     ReadFailure(m.failure()),
                     m.may_have_happened(), ReadDue(m.due()), ReadSteps(m.skipped()),
                     ReadWaits(m.waits())};
}
Record Read(const pb::StepLate& m) {
  return StepLate{Step(m.step()), ReadOperation(m.operation()), m.attempts(),
                  m.has_output() ? ReadPayload(m.output()) : nullptr};
}
Record Read(const pb::StepUndone& m) {
  return StepUndone{Step(m.step()), ReadOperation(m.operation()), m.attempts(), ReadDue(m.due())};
}
Record Read(const pb::StepStuck& m) {
  return StepStuck{
      Step(m.step()), ReadOperation(m.operation()), Value<StuckReason>(m.reason(), 1, 9),
      m.attempts(),   ReadFailure(m.failure()),     m.may_have_happened()};
}
Record Read(const pb::StepRecovered& m) {
  return StepRecovered{Step(m.step()),      ReadOperation(m.operation()),
                       m.key_generation(),  ReadTime(m.next_attempt()),
                       ReadDue(m.due()),    ReadSteps(m.skipped()),
                       ReadWaits(m.waits())};
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
                  .request_digest = m.request_digest(),
                  .follow_up = std::nullopt};
  if (m.has_follow_up()) r.follow_up = ReadPlace(m.follow_up());
  if (m.step_plus_one() > 0) r.step = Step(m.step_plus_one() - 1);
  if (m.operation() > 0) r.operation = ReadOperation(m.operation());
  return r;
}
Record Read(const pb::SagaSucceeded&) { return SagaSucceeded{}; }
Record Read(const pb::SagaCompensated&) { return SagaCompensated{}; }
Record Read(const pb::SagaResolved& m) {
  return SagaResolved{Value<ResolvedAs>(m.as(), 1, 2), m.actor(), m.reason(), m.reference()};
}

Record Read(const pb::HoldsDecided& m) {
  return HoldsDecided{Value<HoldDecision>(m.decision(), 1, 2), ReadDue(m.due())};
}
Record Read(const pb::StepAccepted& m) {
  return StepAccepted{Step(m.step()), ReadOperation(m.operation()), m.attempts(),
                      ReadTime(m.until()), ReadTime(m.next_query())};
}
Record Read(const pb::StepConfirmed& m) {
  return StepConfirmed{Step(m.step()),   ReadOperation(m.operation()), m.attempts(),
                       ReadDue(m.due()), ReadSteps(m.skipped()),       ReadWaits(m.waits())};
}
Record Read(const pb::StepCancelled& m) {
  return StepCancelled{Step(m.step()), ReadOperation(m.operation()), m.attempts(),
                       ReadDue(m.due())};
}
Record Read(const pb::TimerFired& m) {
  return TimerFired{Step(m.step()), ReadDue(m.due()), ReadSteps(m.skipped()), ReadWaits(m.waits())};
}
Record Read(const pb::SignalReceived& m) {
  return SignalReceived{m.name(), m.id(), ReadPayload(m.payload())};
}
Record Read(const pb::FollowUpRequested& m) { return FollowUpRequested{ReadPlace(m.place())}; }
Record Read(const pb::FollowUpStarted& m) { return FollowUpStarted{ReadPlace(m.place())}; }
Record Read(const pb::FollowUpStuck& m) {
  return FollowUpStuck{ReadPlace(m.place()), ReadFailure(m.failure())};
}
Record Read(const pb::FollowUpRecovered& m) { return FollowUpRecovered{ReadPlace(m.place())}; }

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
    case Case::kHoldsDecided:
      return Read(stored.holds_decided());
    case Case::kStepAccepted:
      return Read(stored.step_accepted());
    case Case::kStepConfirmed:
      return Read(stored.step_confirmed());
    case Case::kStepCancelled:
      return Read(stored.step_cancelled());
    case Case::kTimerFired:
      return Read(stored.timer_fired());
    case Case::kSignalReceived:
      return Read(stored.signal_received());
    case Case::kFollowUpRequested:
      return Read(stored.follow_up_requested());
    case Case::kFollowUpStarted:
      return Read(stored.follow_up_started());
    case Case::kFollowUpStuck:
      return Read(stored.follow_up_stuck());
    case Case::kFollowUpRecovered:
      return Read(stored.follow_up_recovered());
    case Case::RECORD_NOT_SET:
      break;
  }
  throw UnknownValue();
}

}  // namespace

std::optional<Record> FromStored(const internal::v1::StoredRecord& stored) {
  try {
    return ReadAny(stored);
  } catch (const UnknownValue&) {
    return std::nullopt;
  }
}

}  // namespace saga

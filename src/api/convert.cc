#include "api/convert.h"

#include <fmt/format.h>

#include "base/utf8.h"

namespace saga::api {

void SetTime(TimePoint time, google::protobuf::Timestamp& proto) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  proto.set_seconds(seconds.time_since_epoch().count());
  proto.set_nanos(static_cast<std::int32_t>((time - seconds).count() * 1000));
}

void SetDuration(std::chrono::microseconds duration, google::protobuf::Duration& proto) {
  proto.set_seconds(duration.count() / 1'000'000);
  proto.set_nanos(static_cast<std::int32_t>(duration.count() % 1'000'000 * 1000));
}

v1::Saga::State ToProto(SagaState state) {
  switch (state) {
    case SagaState::kRunning:
      return v1::Saga::STATE_RUNNING;
    case SagaState::kCompensating:
      return v1::Saga::STATE_COMPENSATING;
    case SagaState::kSucceeded:
      return v1::Saga::STATE_SUCCEEDED;
    case SagaState::kCompensated:
      return v1::Saga::STATE_COMPENSATED;
    case SagaState::kResolved:
      return v1::Saga::STATE_RESOLVED;
  }
  SAGA_UNREACHABLE();
}

v1::Saga::Health ToProto(SagaHealth health) {
  switch (health) {
    case SagaHealth::kOk:
      return v1::Saga::HEALTH_OK;
    case SagaHealth::kRetrying:
      return v1::Saga::HEALTH_RETRYING;
    case SagaHealth::kStuck:
      return v1::Saga::HEALTH_STUCK;
    case SagaHealth::kPaused:
      return v1::Saga::HEALTH_PAUSED;
  }
  SAGA_UNREACHABLE();
}

v1::Step::State ToProto(StepState state) {
  switch (state) {
    case StepState::kWaiting:
      return v1::Step::STATE_WAITING;
    case StepState::kRunning:
      return v1::Step::STATE_RUNNING;
    case StepState::kSucceeded:
      return v1::Step::STATE_SUCCEEDED;
    case StepState::kRejected:
      return v1::Step::STATE_REJECTED;
    case StepState::kInDoubt:
    case StepState::kResolving:  // To a caller both mean: it may have happened.
      return v1::Step::STATE_IN_DOUBT;
    case StepState::kSkipped:
      return v1::Step::STATE_SKIPPED;
    case StepState::kGivenUp:
      return v1::Step::STATE_GIVEN_UP;
    case StepState::kUndoing:
      return v1::Step::STATE_UNDOING;
    case StepState::kUndone:
      return v1::Step::STATE_UNDONE;
    case StepState::kConfirming:
      return v1::Step::STATE_CONFIRMING;
    case StepState::kConfirmed:
      return v1::Step::STATE_CONFIRMED;
  }
  SAGA_UNREACHABLE();
}

v1::Operation ToProto(Operation operation) {
  switch (operation) {
    case Operation::kAction:
      return v1::OPERATION_ACTION;
    case Operation::kUndo:
      return v1::OPERATION_UNDO;
    case Operation::kTry:
      return v1::OPERATION_TRY;
    case Operation::kConfirm:
      return v1::OPERATION_CONFIRM;
    case Operation::kCancel:
      return v1::OPERATION_CANCEL;
    case Operation::kQuery:
      return v1::OPERATION_QUERY;
  }
  SAGA_UNREACHABLE();
}

std::optional<Operation> FromProto(v1::Operation operation) {
  for (const Operation known : {Operation::kAction, Operation::kUndo, Operation::kTry,
                                Operation::kConfirm, Operation::kCancel, Operation::kQuery}) {
    if (ToProto(known) == operation) return known;
  }
  return std::nullopt;
}

void ToProto(const Failure& failure, v1::Failure& proto) {
  proto.set_code(static_cast<std::int32_t>(failure.code));
  proto.set_reason(ToValidUtf8(failure.reason));
  proto.set_domain(ToValidUtf8(failure.domain));
  proto.set_message(ToValidUtf8(failure.message));
}

void ToProto(const Payload& payload, v1::Payload& proto) {
  proto.set_type(payload.type);
  switch (payload.encoding) {
    case PayloadEncoding::kNone:
      break;
    case PayloadEncoding::kProtobuf:
      proto.set_protobuf(payload.bytes);
      break;
    case PayloadEncoding::kJson:
      proto.set_json(payload.bytes);
      break;
  }
}

void ToProto(const AuditEntry& entry, v1::AuditEntry& proto) {
  SetTime(entry.at, *proto.mutable_time());
  proto.set_actor(entry.actor);
  proto.set_client(entry.client);
  proto.set_method(entry.method);
  proto.set_resource(entry.resource);
  proto.set_reason(entry.reason);
  proto.set_reference(entry.reference);
  proto.set_outcome(entry.outcome);
  proto.set_id(fmt::format("a-{}", entry.id));
}

PayloadRef FromProto(const v1::Payload& proto) {
  Payload payload{.type = proto.type()};
  // A foreign enum (it carries NOT_SET): told apart by its two values.
  if (proto.encoding_case() == v1::Payload::kProtobuf) {
    payload.encoding = PayloadEncoding::kProtobuf;
    payload.bytes = proto.protobuf();
  } else if (proto.encoding_case() == v1::Payload::kJson) {
    payload.encoding = PayloadEncoding::kJson;
    payload.bytes = proto.json();
  }
  return MakePayload(std::move(payload));
}

}  // namespace saga::api

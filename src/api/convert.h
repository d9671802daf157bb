// Small conversions between what the engine holds and the protos of the API.
#pragma once

#include <google/protobuf/timestamp.pb.h>

#include <optional>
#include <string>

#include "base/time.h"
#include "orchestrator/core/decide.h"
#include "orchestrator/core/failure.h"
#include "orchestrator/core/payload.h"
#include "orchestrator/core/saga.h"
#include "orchestrator/saga_row.h"
#include "saga/v1/operator_service.pb.h"
#include "saga/v1/saga.pb.h"

namespace saga::api {

void SetTime(TimePoint time, google::protobuf::Timestamp& proto);
void SetDuration(std::chrono::microseconds duration, google::protobuf::Duration& proto);

v1::Saga::State ToProto(SagaState state);
v1::Saga::Health ToProto(SagaHealth health);
v1::Step::State ToProto(StepState state);
v1::Operation ToProto(Operation operation);
// Absent for UNSPECIFIED and for numbers that this release does not know.
std::optional<Operation> FromProto(v1::Operation operation);

void ToProto(const Failure& failure, v1::Failure& proto);
void ToProto(const Payload& payload, v1::Payload& proto);
void ToProto(const AuditEntry& entry, v1::AuditEntry& proto);
// The bytes exactly as given.
PayloadRef FromProto(const v1::Payload& proto);

}  // namespace saga::api

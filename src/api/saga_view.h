// A saga as the API shows it: from the engine's memory, from a replayed history, or from its row.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "orchestrator/core/decide.h"
#include "orchestrator/core/saga.h"
#include "orchestrator/saga_row.h"
#include "saga/v1/operator_service.pb.h"
#include "saga/v1/saga.pb.h"
#include "saga/v1/saga_service.pb.h"

namespace saga::api {

enum class View : std::uint8_t {
  kBasic,   // No steps, no payloads.
  kResult,  // kBasic with the output of a saga that succeeded.
  kSteps,   // With steps and attempts.
  kFull,    // With payloads, too.
};

// What a view needs besides the saga. Threads: the functions are called on the shard's thread, they
// must not block.
struct ViewContext {
  std::string cluster;
  // The output of a saga that has succeeded; null when the definition makes none.
  std::function<PayloadRef(const Saga&)> output;
  // The gRPC target of a participant; empty when it is not known.
  std::function<std::string(std::string_view name_space, const std::string& participant)> target;
};

// Requires: saga.definition is set.
void ToProto(const Saga& saga, View view, const ViewContext& context, v1::Saga& proto);

// BASIC, exact as of the saga's last turn.
void ToProto(const SagaRow& row, v1::Saga& proto);

// When each operation became due and when it was answered, as the records tell.
void AddAttemptTimes(const Definition& definition, const std::vector<NumberedRecord>& records,
                     v1::Saga& proto);

void ToProto(const Saga& saga, const std::vector<PlannedCall>& plan,
             google::protobuf::RepeatedPtrField<v1::PlannedCall>& proto);

}  // namespace saga::api

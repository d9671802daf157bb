// Words for what the API names: enum values, resource names, failures. A value that this program
// does not know yet is shown as its number instead of failing.
#pragma once

#include <string>
#include <string_view>

#include "saga/v1/participant_service.pb.h"
#include "saga/v1/saga.pb.h"

namespace saga::admin {

// "ord-1007" of "namespaces/default/sagas/ord-1007".
std::string LastSegment(std::string_view resource);
// "checkout@7" of "namespaces/default/definitions/checkout/versions/7".
std::string DefinitionLabel(std::string_view resource);
// What a person would call the saga: its business key, or else its id.
std::string SagaLabel(const v1::Saga& saga);
// "reserve_stock/undo"; the action goes without saying.
std::string StepLabel(std::string_view step_id, v1::Operation operation);
// "orders/Create" of participant "orders" and method "shop.orders.v1.Orders/Create".
std::string MethodLabel(std::string_view participant, std::string_view method);

// "RUNNING".
std::string StateWord(v1::Saga::State state);
std::string HealthWord(v1::Saga::Health health);
// "undo".
std::string OperationWord(v1::Operation operation);
// "in doubt".
std::string StepStateWord(v1::Step::State state);
std::string ParticipantHealthWord(v1::Participant::Health health);
// "UNAVAILABLE".
std::string CodeWord(int code);
// "OUT_OF_STOCK: only 3 left", or "UNAVAILABLE: connection refused" when the participant gave no
// reason of its own; cleaned for the terminal.
std::string FailureText(const v1::Failure& failure);
bool HasFailure(const v1::Failure& failure);

bool IsEnded(v1::Saga::State state);

}  // namespace saga::admin

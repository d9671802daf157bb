// What the expressions of a definition read.
#pragma once

#include <google/protobuf/message.h>

#include <set>
#include <string>
#include <string_view>

#include "saga/v1/definition.pb.h"

namespace saga {

// "input.order.id" of every expression; what is read only where has() says that it is there is left
// out.
std::set<std::string> InputReads(const saga::v1::SagaDefinition& document);

// "steps.reserve.hold_id": every path of `variable` in the expressions of a definition or of a part
// of it, those of has() included.
std::set<std::string> ReadsOf(const google::protobuf::Message& part, std::string_view variable);

}  // namespace saga

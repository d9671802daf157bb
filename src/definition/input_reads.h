// What a definition reads of its input.
#pragma once

#include <set>
#include <string>

#include "saga/v1/definition.pb.h"

namespace saga {

// "input.order.id" of every expression; what is read only where has() says that it is there is left
// out.
std::set<std::string> InputReads(const saga::v1::SagaDefinition& document);

}  // namespace saga

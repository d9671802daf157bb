// What another version of a definition changes, and for whom. Sagas in flight stay on theirs; who
// starts sagas, signals them, reads their events or looks for them meets the new one.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "saga/v1/definition.pb.h"

namespace saga {

enum class Impact : std::uint8_t {
  kCompatible,
  kBreaking,  // Somebody who relies on the former version gets an error, or nothing.
};

struct DefinitionChange {
  Impact impact = Impact::kCompatible;
  std::string path;    // "steps.reserve.undo.with.hold_id"
  std::string before;  // Empty = it was not there.
  std::string after;   // Empty = it is not there any more.
  std::string why;     // With kBreaking: what goes wrong, for whom.
};

// In the order of the document. Empty = the same definition, whatever its layout.
std::vector<DefinitionChange> DiffDefinitions(const saga::v1::SagaDefinition& before,
                                              const saga::v1::SagaDefinition& after);

// "stock/Release": what `before` calls and `after` does not. Participants must keep it as long as
// sagas of the former version are in flight.
std::vector<std::string> CallsOnlyIn(const saga::v1::SagaDefinition& before,
                                     const saga::v1::SagaDefinition& after);

}  // namespace saga

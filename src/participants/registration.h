// What a registration must be before it is stored.
#pragma once

#include <string>
#include <vector>

#include "base/status.h"
#include "orchestrator/participant_directory.h"
#include "participants/registry.h"
#include "participants/transport.h"

namespace saga::participants {

// Checks `record`, fills the defaults in, and finds the descriptors: the uploaded ones (those of
// `known` where they were uploaded before), else by asking the server, else, while that cannot be
// reached, those that `known` has, with a warning. Blocks for at most kReflectionTimeout.
// Errors: FIELD_INVALID; UNAVAILABLE PARTICIPANT_UNREACHABLE and FAILED_PRECONDITION
// REFLECTION_MISSING or REFLECTION_FAILED, each with the remedy, when there are no descriptors.
// An adapter that `known` has stays unless `change` brings or removes one, and so does its
// contract; the first adapter's contract is, if none is given, what `known` declares.
// Who stands in for another has its contract. `registry` tells about the others.
Result<ParticipantRef> Prepare(ParticipantChange change, const ParticipantRef& known,
                               const ParticipantRegistry& registry,
                               std::vector<std::string>& warnings);

// Where calls to it go.
Endpoint EndpointOf(const ParticipantRecord& record);

}  // namespace saga::participants

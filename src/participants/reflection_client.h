// Asks a server what its services look like.
#pragma once

#include <string>

#include "base/status.h"
#include "participants/transport.h"

namespace saga::participants {

// A serialised google.protobuf.FileDescriptorSet with all services that the server lists
// (infrastructure left out) and their imports. By grpc.reflection.v1, or v1alpha where a server has
// only that. Blocks for at most kReflectionTimeout, on a connection of its own.
// Errors: UNAVAILABLE PARTICIPANT_UNREACHABLE; FAILED_PRECONDITION REFLECTION_MISSING when the
// server does not offer it; FAILED_PRECONDITION REFLECTION_FAILED.
Result<std::string> FetchDescriptors(const Endpoint& endpoint);

}  // namespace saga::participants

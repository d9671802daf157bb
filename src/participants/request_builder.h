// How the request of a call is made from its saga.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/status.h"
#include "definition/descriptors.h"
#include "orchestrator/participant_caller.h"

namespace saga::participants {

// Builds the requests of one operation of one step. Immutable. Threads: any.
class RequestBuilder {
 public:
  virtual ~RequestBuilder() = default;
  // The serialised request. The same for every attempt of a call. Errors: a message that names the
  // path that could not be read.
  virtual Result<std::string> Build(const ParticipantCall& call) const = 0;
};

// Makes the builder for the operation of `call`, whose method takes `request`; done once per
// definition, operation and registration. Errors: a message that names the mapping.
using RequestCompiler = std::function<Result<std::unique_ptr<const RequestBuilder>>(
    const ParticipantCall& call, const TypeHandle& request)>;

}  // namespace saga::participants

// How the request of a call is made from its saga, and what its answer says to the saga.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/status.h"
#include "definition/answer_rules.h"
#include "definition/descriptors.h"
#include "orchestrator/participant_caller.h"

namespace saga::participants {

// The calls of one operation of one step. Immutable. Threads: any.
class CallCodec {
 public:
  virtual ~CallCodec() = default;
  // The serialised request. The same for every attempt of a call. Errors: a message that names the
  // path that could not be read.
  virtual Result<std::string> Build(const ParticipantCall& call) const = 0;
  // What an answer of OK says.
  virtual AnswerRules::Reading Read(const ParticipantCall& call, PayloadRef answer) const = 0;
};

// What a method takes and answers.
struct CallTypes {
  TypeHandle request;
  TypeHandle response;
};

// Makes the codec for the operation of `call`; done once per definition, operation and
// registration. Errors: a message that names the mapping or the expression.
using CodecCompiler = std::function<Result<std::unique_ptr<const CallCodec>>(
    const ParticipantCall& call, const CallTypes& types)>;

}  // namespace saga::participants

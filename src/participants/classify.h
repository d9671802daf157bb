// What a participant's answer means: the outcome table.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <string_view>

#include "definition/adapter.h"
#include "orchestrator/core/definition.h"
#include "orchestrator/core/failure.h"
#include "participants/transport.h"

namespace saga::participants {

struct Verdict {
  CallOutcome outcome = CallOutcome::kUnknown;
  Failure failure;                           // Empty with kSucceeded.
  std::chrono::milliseconds retry_after{0};  // The participant's wish; 0 = none.
};

// `errors` overrides by google.rpc.ErrorInfo.reason, then by the name of the gRPC code. The same
// for every operation: what a "no" to an undo leads to is the engine's to decide. With `adapted`,
// errors are put into the contract's terms first; a "no" that no rule of it maps is unknown, and
// kept as it came.
Verdict Classify(const UnaryReply& reply, const std::map<std::string, ErrorRule>& errors,
                 const AdaptedMethod* adapted = nullptr);

// An answer that came but cannot be read as `type`: whatever it says may have happened. A piece of
// it is kept in the message, for the person who will have to find out.
Verdict UnreadableAnswer(const std::string& body, const std::string& type);

// A call that can never be sent as its definition has it.
Verdict Unsendable(std::string_view message);

// At most kFailureMessageBytesMax, cut between characters; control characters become '?', bytes
// that are not UTF-8 U+FFFD.
std::string FitForPeople(std::string_view text);

}  // namespace saga::participants

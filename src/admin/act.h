// Changes made by a person: one flow for all of them.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "admin/exit_code.h"
#include "admin/session.h"

namespace saga::admin {

// How much a person is asked before something is changed.
enum class Danger : std::uint8_t {
  kMild,      // Nothing.
  kModerate,  // To agree to the plan; --yes answers.
  kSevere,    // To type the saga's key; --confirm=KEY answers.
};

enum class Several : std::uint8_t { kAllowed, kRefused };

struct ActFlags {
  std::vector<std::string> sagas;  // "-" = names from standard input, one a line.
  std::string reason;
  std::string etag;
  std::string confirm;
  bool force = false;
  bool dry_run = false;
  bool yes = false;
};

struct Performed {
  v1::ActionEffect effect;
  std::shared_ptr<google::protobuf::Message> response;  // For -o json.
};

// One kind of change.
struct Act {
  std::string verb = {};     // "retry"
  std::string past = {};     // "retried"
  std::string becomes = {};  // The state it leads to; empty when the state stays.
  std::string meaning = {};  // What to know before one agrees; may be empty.
  Danger danger = Danger::kMild;
  Several several = Several::kAllowed;
  std::function<Result<Performed>(Client&, const std::string& saga, const v1::ActionContext&)>
      perform = {};
};

// Finds the sagas, asks what has to be asked, acts on one after the other. A change that was
// refused does not keep the others from being made; a server that is away does.
Result<ExitCode> RunAct(Session& session, const ActFlags& flags, const Act& act);

// Makes an answer with an `effect` of it.
template <typename Response>
Result<Performed> ToPerformed(const Result<Response>& response) {
  SAGA_RETURN_IF_ERROR(response.status());
  return Performed{response->effect(), std::make_shared<Response>(*response)};
}

}  // namespace saga::admin

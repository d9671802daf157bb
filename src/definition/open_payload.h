// A payload opened for reading: as a message when its type is known, else as JSON.
#pragma once

#include <google/protobuf/message.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "base/status.h"
#include "definition/descriptors.h"
#include "orchestrator/core/payload.h"

namespace saga {

class OpenPayload final {
 public:
  // Errors: FAILED_PRECONDITION MAPPING_FAILED with `name` ("input", "steps.authorize").
  static Result<OpenPayload> Open(const PayloadRef& payload, const TypeHandle& type,
                                  const std::string& name);

  // Null when it is JSON.
  const google::protobuf::Message* message() const { return message_.get(); }
  // Null when it is a message.
  const nlohmann::json* json() const { return json_.get(); }

 private:
  std::unique_ptr<google::protobuf::Message> message_;
  std::unique_ptr<const nlohmann::json> json_;
};

}  // namespace saga

// Values on their way from a payload into a field.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <variant>
#include <vector>

#include "base/status.h"
#include "definition/descriptors.h"
#include "orchestrator/core/payload.h"

namespace saga {

// A field of a message that somebody else keeps alive: singular, repeated or map.
struct FieldOf {
  const google::protobuf::Message* message = nullptr;
  const google::protobuf::FieldDescriptor* field = nullptr;
};

// A field as a whole, or one element of a repeated one.
enum class FieldPart : std::uint8_t { kAll, kElement };

// Exact: integers stay integers of their signedness.
using Value = std::variant<bool, std::int64_t, std::uint64_t, double, std::string,
                           const google::protobuf::Message*, FieldOf, const nlohmann::json*>;

// A payload opened for reading: as a message when its type is known, else as JSON.
class OpenPayload {
 public:
  // Errors: FAILED_PRECONDITION MAPPING_FAILED with `name` ("input", "steps.authorize").
  static Result<OpenPayload> Open(const PayloadRef& payload, const TypeHandle& type,
                                  const std::string& name);

  // What stands at `fields`. Requires for messages: `chain` is the fields' descriptors in the type
  // it was opened with.
  Result<Value> At(const std::vector<std::string>& fields,
                   const std::vector<const google::protobuf::FieldDescriptor*>& chain,
                   const std::string& text) const;

 private:
  std::unique_ptr<google::protobuf::Message> message_;
  std::shared_ptr<const nlohmann::json> json_;
};

// Puts `value` into `field` of `target`. Conversions only without loss. Errors: MAPPING_FAILED.
Status Assign(const Value& value, google::protobuf::Message& target,
              const google::protobuf::FieldDescriptor& field, const std::string& text);
// Appends to a repeated field.
Status AppendTo(const Value& value, google::protobuf::Message& target,
                const google::protobuf::FieldDescriptor& field, const std::string& text);

// The `value` of a wrapper (google.protobuf.Int64Value and so on) that `field` holds; null = it
// holds none.
const google::protobuf::FieldDescriptor* WrappedField(
    const google::protobuf::FieldDescriptor& field);

// As proto3 JSON.
Result<nlohmann::ordered_json> ToJson(const Value& value);
// As plain text: numbers and truth values as written, enums by name. Errors for anything larger.
Result<std::string> ToText(const Value& value, const std::string& text);

}  // namespace saga

// Putting what expressions give into fields, and into JSON and text.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "base/status.h"
#include "definition/compiled_expression.h"

namespace saga {

// A field as a whole, or one more element of a repeated one.
enum class FieldPart : std::uint8_t { kAll, kElement };

// Where something goes.
struct FieldTarget {
  google::protobuf::Message& message;
  const google::protobuf::FieldDescriptor& field;
  FieldPart part = FieldPart::kAll;
};

// What is put there, and what is known of it.
struct Assignment {
  const std::string& text;  // The expression, for errors.
  // Its static type: an enum's number goes into texts by its name. Null = not known.
  const expr::Type* type = nullptr;
};

// Conversions only without loss; what is not set stays unset. Errors: MAPPING_FAILED.
Status Assign(const Found& found, const FieldTarget& target, const Assignment& what);
// Fills a message: from one of the same type, or from a map with the names of its fields.
Status AssignMessage(const Found& found, google::protobuf::Message& target, const Assignment& what);

// The `value` of a wrapper (google.protobuf.Int64Value and so on) that `field` holds; null = it
// holds none.
const google::protobuf::FieldDescriptor* WrappedField(
    const google::protobuf::FieldDescriptor& field);
// Whether `field` holds a message of google.protobuf.
bool IsWellKnown(const google::protobuf::FieldDescriptor& field);

// "string", "repeated shop.Line", "map".
std::string KindOf(const google::protobuf::FieldDescriptor& field);

// As proto3 JSON.
Result<nlohmann::ordered_json> ToJson(const Found& found, const Assignment& what);
// As plain text: numbers and truth values as written, enums by name. Errors for anything larger.
Result<std::string> ToText(const Found& found, const Assignment& what);

}  // namespace saga

// Reading fields of messages, shared by what converts them.
#pragma once

#include <google/protobuf/descriptor.h>

#include <cstdint>
#include <string>

#include "definition/compiled_expression.h"

namespace saga {

// A scalar field as a value; `index` for elements of a repeated field, -1 otherwise. Requires: it
// holds no messages.
expr::Value ReadScalar(const FieldOf& source, int index);
// Requires: it holds messages.
const google::protobuf::Message& ReadMessage(const FieldOf& source, int index);

// The name of an enum's number, or the number where it has none.
std::string EnumName(const google::protobuf::EnumDescriptor& type, std::int64_t number);

// A singular field with presence that is not set.
bool IsUnset(const FieldOf& source);

inline bool IsBytes(const google::protobuf::FieldDescriptor& field) {
  return field.type() == google::protobuf::FieldDescriptor::TYPE_BYTES;
}

}  // namespace saga

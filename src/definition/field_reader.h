// Reading fields of messages, shared by what converts them.
#pragma once

#include <google/protobuf/descriptor.h>

#include <cstdint>
#include <string>

#include "base/status.h"
#include "definition/value.h"

namespace saga {

// FAILED_PRECONDITION MAPPING_FAILED about the path `text`.
Status MappingFailed(const std::string& text, const std::string& why);

// "string", "repeated shop.Line", "map".
std::string KindOf(const google::protobuf::FieldDescriptor& field);

// A singular scalar or message field as a value; `index` for elements of a repeated field, -1
// otherwise.
Value ReadField(const FieldOf& source, int index);

// The name of an enum's number, or the number where it has none.
std::string EnumName(const google::protobuf::FieldDescriptor& field, std::int64_t number);

inline bool IsBytes(const google::protobuf::FieldDescriptor& field) {
  return field.type() == google::protobuf::FieldDescriptor::TYPE_BYTES;
}

}  // namespace saga

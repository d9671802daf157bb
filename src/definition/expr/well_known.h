// The messages of google.protobuf that stand for other types of the language.
#pragma once

#include <google/protobuf/descriptor.h>

#include <cstdint>

namespace saga::expr {

enum class WellKnown : std::uint8_t {
  kNone,
  kWrapper,
  kTimestamp,
  kDuration,
  kValue,
  kStruct,
  kListValue,
};

// Descriptors may come from anywhere: a message of such a name with other fields is kNone.
WellKnown WellKnownOf(const google::protobuf::Descriptor& type);

// google.protobuf.NullValue, whose value is null.
bool IsNullEnum(const google::protobuf::EnumDescriptor& type);

}  // namespace saga::expr

// Messages of the API as proto3 JSON.
#pragma once

#include <google/protobuf/message.h>

#include <cstdint>
#include <string>

namespace saga::admin {

enum class JsonStyle : std::uint8_t { kPretty, kLine };

// Canonical proto3 JSON with a line break at the end. Details whose type this program does not
// know, in failures of participants, are left out: proto3 JSON cannot express them.
std::string ToJson(const google::protobuf::Message& message, JsonStyle style);

}  // namespace saga::admin

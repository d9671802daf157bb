// Bytes that are written with one version of a message and read with another.
#pragma once

#include <google/protobuf/descriptor.h>

#include <span>
#include <string>

#include "saga/v1/definition.pb.h"

namespace saga {

// Fields that are only gone are no concern of these: the type check tells them.

// What of `path` (names of fields, then everything below the last one; no names = everything) would
// be read with another value, as "v.Answer.id has the number 3 instead of 1"; empty = nothing.
std::string WireChangeAt(const google::protobuf::Descriptor& before,
                         const google::protobuf::Descriptor& after,
                         std::span<const std::string> path);

// The same of the fields that `built` fills.
std::string WireChangeIn(const google::protobuf::Descriptor& before,
                         const google::protobuf::Descriptor& after,
                         const saga::v1::MappingValue& built);

}  // namespace saga

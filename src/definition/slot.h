// Setting scalar fields of messages without loss.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include "definition/expr/value.h"

namespace saga {

// Sets a singular field, or adds to a repeated one. False = the value does not fit without loss.
// Requires: the field holds no messages.
bool PutScalar(const expr::Value& value, google::protobuf::Message& target,
               const google::protobuf::FieldDescriptor& field);

}  // namespace saga

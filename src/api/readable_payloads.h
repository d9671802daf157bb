// Protobuf payloads as people read them.
#pragma once

#include <string>

#include "definition/descriptors.h"
#include "saga/v1/saga.pb.h"

namespace saga::api {

// Fills `readable` of every protobuf payload of `saga` whose type is known; kReadableBytesMax in
// all, what comes after that stays bytes.
void AddReadable(const std::string& name_space, const DescriptorSource& types, v1::Saga& saga);

}  // namespace saga::api

// Whether values can ever fit into a field: asked when a mapping is compiled.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <string>

#include "base/status.h"
#include "definition/path_value.h"
#include "definition/value.h"

namespace saga {

// Literals are tried out on a message from `factory`. A path passes when some of its values fit:
// whether each does is seen when it comes. Errors: MAPPING_INVALID that names both types.
Status CheckFit(const CompiledExpression& compiled, const google::protobuf::FieldDescriptor& to,
                FieldPart part, google::protobuf::MessageFactory& factory,
                const std::string& where);

}  // namespace saga

// Whether values can ever fit into a field: asked when a mapping is compiled.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <string>

#include "base/status.h"
#include "definition/assign.h"
#include "definition/compiled_expression.h"

namespace saga {

// Literals are tried out on a message from `factory`. Anything else passes when some of its values
// fit: whether each does is seen when it comes. Errors: MAPPING_INVALID that names both types.
Status CheckFit(const CompiledExpression& compiled, const google::protobuf::FieldDescriptor& to,
                FieldPart part, google::protobuf::MessageFactory& factory,
                const std::string& where);

// As CheckFit, for a whole message.
Status CheckFitWhole(const CompiledExpression& compiled, const google::protobuf::Descriptor& type);

}  // namespace saga

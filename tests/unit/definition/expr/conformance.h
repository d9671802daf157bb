// Whether a value is of a static type.
#pragma once

#include "definition/expr/type.h"
#include "definition/expr/value.h"

namespace saga::expr::test {

// Elements included, the first hundred of each list and map.
bool Conforms(const Type& type, const Value& value);

}  // namespace saga::expr::test

// What operators and functions do with values. All return false after Run::Fail.
#pragma once

#include "definition/expr/functions.h"
#include "definition/expr/run.h"
#include "definition/expr/value.h"

namespace saga::expr {

// + - * / %
bool Arithmetic(Run& run, Function function, const Value& a, const Value& b, Value& result);
bool Negate(Run& run, const Value& a, Value& result);

// < <= > >=
bool Ordering(Run& run, Function function, const Value& a, const Value& b, Value& result);

// a in b
bool In(Run& run, const Value& a, const Value& b, Value& result);
// a[b], and a.b of maps. `run` is charged.
bool Index(Run& run, const Value& a, const Value& b, Value& result);

// Of texts in code points.
bool Size(Run& run, const Value& a, Value& result);
// contains, startsWith, endsWith
bool TextTest(Run& run, Function function, const Value& a, const Value& b, Value& result);

// int(a), string(a) and so on.
bool Convert(Run& run, Function function, const Value& a, Value& result);

// getHours and so on; `zone` may be null.
bool TimePart(Run& run, Function function, const Value& a, const Value* zone, Value& result);

// Refuses times from messages that are out of the language's range.
bool Admit(Run& run, const Value& value);

}  // namespace saga::expr

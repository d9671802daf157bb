// The history of a saga as one value: its encoded records one after the other, each behind its
// length (varint). Appending a record never touches what is there; the same value serves the end of
// a saga, a saga carried forward, and reading.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace saga {

void AppendToHistory(std::string& history, std::string_view record);

// Views into `history`. Errors: DATA_LOSS RECORD_BROKEN when it was cut or is no history.
Result<std::vector<std::string_view>> SplitHistory(std::string_view history);

}  // namespace saga

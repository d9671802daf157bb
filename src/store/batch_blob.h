// The stored forms that rows hold as bytes: a batch's entries, and why a saga waits.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "orchestrator/journal.h"
#include "orchestrator/saga_row.h"

namespace saga {

std::string EncodeBatch(const std::vector<JournalEntry>& entries);
// Errors: DATA_LOSS RECORD_BROKEN.
Result<std::vector<JournalEntry>> DecodeBatch(std::string_view bytes);

// What StoredAttention holds; the rest has columns of its own.
std::string EncodeAttention(const RowAttention& attention);
void DecodeAttention(std::string_view bytes, RowAttention& attention);

}  // namespace saga

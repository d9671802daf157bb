// Page tokens and cursors: opaque to callers, bound to what was asked.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "orchestrator/core/ids.h"
#include "orchestrator/saga_reader.h"

namespace saga::api {

// What a token belongs to: the method and all that must be the same on the next page.
std::string TokenScope(std::initializer_list<std::string_view> parts);

// A token that holds `position` and fits only `scope`.
std::string MakePageToken(std::string_view scope, std::string_view position);
// The position; absent when `token` is empty (the first page). Errors: INVALID_ARGUMENT
// PAGE_TOKEN_MISMATCH when the token was made for something else, or by nobody.
Result<std::optional<std::string>> ReadPageToken(std::string_view scope, std::string_view token);

// Positions in lists of rows, and in lists that are counted.
std::string FormatRowCursor(const RowCursor& cursor);
Result<std::optional<RowCursor>> ReadRowToken(std::string_view scope, std::string_view token);
Result<std::optional<std::uint64_t>> ReadNumberToken(std::string_view scope,
                                                     std::string_view token);

// A watcher's place: one position per shard.
std::string FormatWatchCursor(const std::vector<JournalSeq>& positions);
// Errors: FIELD_INVALID when it is no cursor of a cluster with this many shards.
Result<std::vector<JournalSeq>> ParseWatchCursor(std::string_view text, std::uint16_t shards);

}  // namespace saga::api

// Reading rows, histories and audit entries: for lists and for sagas that have ended. Implemented
// by store.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/status.h"
#include "base/time.h"
#include "orchestrator/core/ids.h"
#include "orchestrator/saga_row.h"

namespace saga {

enum class Comparison : std::uint8_t {
  kEqual,
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual
};

// Fields of a row that a filter may name.
enum class RowField : std::uint8_t {
  kState,       // Value: SagaStateName.
  kHealth,      // Value: SagaHealthName.
  kDefinition,  // "checkout" or "checkout@7"
  kStep,        // Where a saga waits that is not OK: step id.
  kBusinessKey,
  kSaga,  // Id without namespace; a trailing * matches a prefix.
  kOwner,
  kGroup,  // Fingerprint of stuck sagas; a prefix of at least 4 digits is enough.
  kLabel,  // `label` names it.
  kCreateTime,
  kUpdateTime,
  kEndTime,
};

// One comparison; a filter is all of them.
struct RowCondition {
  RowField field = RowField::kState;
  std::string label;  // kLabel only.
  Comparison comparison = Comparison::kEqual;
  std::string text;               // Text fields.
  std::optional<TimePoint> time;  // Time fields.
};
using RowFilter = std::vector<RowCondition>;

enum class RowOrder : std::uint8_t { kNewestFirst, kOldestFirst };

// A place in a list: rows strictly behind it come next.
struct RowCursor {
  TimePoint created;
  SagaId saga;
};

struct RowPage {
  std::vector<SagaRow> rows;
  std::optional<RowCursor> next;  // Absent on the last page.
  std::int64_t total = 0;         // Counted up to kRowsCountedMax.
};

inline constexpr std::int64_t kRowsCountedMax = 10'000;

// Sagas that wait for the same reason.
struct StuckGroupRow {
  std::string fingerprint;
  std::string definition;
  std::string owner;
  RowAttention attention;  // Of the oldest.
  std::int64_t sagas = 0;
  std::int64_t retrying = 0;  // More sagas that are retrying at the same step and operation.
  TimePoint oldest;
  TimePoint newest;
  std::vector<SagaId> samples;  // Up to 3.
};

// Filters over audit entries; empty = all.
struct AuditFilter {
  std::string resource;
  std::string actor;
  std::string method;
};

struct AuditPage {
  std::vector<AuditEntry> entries;   // Newest first.
  std::optional<std::int64_t> next;  // Pass as `before`.
};

// Threads:  any.
// Errors:   UNAVAILABLE STORE_UNAVAILABLE when the database cannot be reached in time.
class SagaReader {
 public:
  virtual ~SagaReader() = default;

  virtual Result<RowPage> ListRows(const std::string& name_space, const RowFilter& filter,
                                   RowOrder order, const std::optional<RowCursor>& after,
                                   std::size_t rows_max) = 0;
  // Absent = no such saga.
  virtual Result<std::optional<SagaRow>> GetRow(const SagaId& saga) = 0;
  // The history (history.h) of a saga that has ended; absent = it lives, never was, or has left by
  // age.
  virtual Result<std::optional<std::string>> GetHistory(const SagaId& saga) = 0;
  virtual Result<std::vector<StuckGroupRow>> ListStuckGroups(const std::string& name_space,
                                                             const RowFilter& filter,
                                                             std::size_t groups_max) = 0;
  virtual Result<AuditPage> ListAudit(const std::string& name_space, const AuditFilter& filter,
                                      std::optional<std::int64_t> before,
                                      std::size_t entries_max) = 0;
  // Live sagas by definition and version: "checkout", 7 -> 12.
  virtual Result<std::vector<std::pair<std::pair<std::string, std::uint32_t>, std::int64_t>>>
  CountLive(const std::string& name_space) = 0;
};

}  // namespace saga

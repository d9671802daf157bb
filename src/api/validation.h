// What a caller sends, checked before anything is done: sizes, characters, ranges. Every failure
// names its field.
#pragma once

#include <google/protobuf/duration.pb.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "orchestrator/core/ids.h"
#include "orchestrator/core/payload.h"
#include "saga/v1/operator_service.pb.h"
#include "saga/v1/participant_service.pb.h"
#include "saga/v1/saga_service.pb.h"

namespace saga::api {

// Collects wrong fields, so that a caller learns all of them at once.
class Violations {
 public:
  void Add(std::string field, std::string description);
  // Keeps the violations of a FIELD_INVALID. Returns whether `status` was OK.
  bool Check(const Status& status);
  // FIELD_INVALID with everything that was found, or OK.
  Status ToStatus() const;

 private:
  std::vector<FieldViolation> found_;
};

// Text for people and for indexes: at most `chars_max` bytes, no NUL.
Status CheckText(std::string_view field, std::string_view text, std::size_t chars_max);
Status CheckLabels(std::string_view field,
                   const google::protobuf::Map<std::string, std::string>& labels);
// The sum of what the caller gave and what the definition makes must keep the same limits.
Status CheckPayload(std::string_view field, const v1::Payload& payload);
// An operator's reason: long enough to help the next person.
Status CheckReason(std::string_view field, std::string_view reason);
// 0 when unset; must be positive and at most `max` otherwise.
Result<std::chrono::milliseconds> ReadDuration(std::string_view field,
                                               const google::protobuf::Duration& duration,
                                               std::chrono::milliseconds max);
// "r11" -> 11. Errors: FIELD_INVALID.
Result<Revision> ParseEtag(std::string_view field, std::string_view etag);
std::string FormatEtag(Revision revision);

// Coerced into 1..kPageSizeMax; `fallback` when 0. Errors: FIELD_INVALID when negative.
Result<std::size_t> ReadPageSize(std::int32_t page_size, std::int32_t fallback);

// Everything of a StartSagaRequest that can be checked without its definition.
Status CheckStartRequest(const v1::StartSagaRequest& request);

// Name, id and payload of a signal.
Status CheckSignal(const v1::SignalSagaRequest& request);
// The outcome of a call, its token aside: one of both, a failure that is a no.
Status CheckOutcome(const v1::ReportStepOutcomeRequest& request);

// Reason and etag of an operator's request. Absent = forced.
Result<std::optional<Revision>> ReadActionContext(const v1::ActionContext& context);

}  // namespace saga::api

// Committed records as the API shows them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "orchestrator/catalog.h"
#include "orchestrator/committed_feed.h"
#include "orchestrator/core/saga.h"
#include "orchestrator/record_codec.h"
#include "saga/v1/saga_service.pb.h"

namespace saga::api {

// `header.definition` may be null: then steps are named by their number.
void ToProto(const NumberedRecord& record, const SagaHeader& header, v1::SagaEvent& proto);

// All records of a history (history.h). Errors: DATA_LOSS RECORD_BROKEN, RECORD_UNKNOWN.
Result<std::vector<NumberedRecord>> DecodeHistory(std::string_view history,
                                                  const RecordCodec& codec);

// The saga that these records add up to. Errors: DATA_LOSS SAGA_UNREADABLE when its definition is
// not known any more or does not fit its records.
Result<Saga> Replay(const SagaId& id, const std::vector<NumberedRecord>& records,
                    const DefinitionResolver& definitions);

// What events of a saga need, from its first record.
SagaHeader HeaderOf(const SagaId& id, const std::vector<NumberedRecord>& records,
                    const DefinitionResolver& definitions);

}  // namespace saga::api

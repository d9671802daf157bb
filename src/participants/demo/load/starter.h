// Starts sagas until each start is acknowledged or refused for good.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/status.h"
#include "participants/demo/load/customers.h"
#include "participants/demo/load/flows.h"
#include "saga/v1/saga_service.grpc.pb.h"

namespace saga::demo {

struct StartOptions {
  std::int64_t sagas = 100;
  std::size_t concurrency = 16;  // Starts at once, not sagas in flight.
  double per_second = 0;         // 0 = as fast as they are acknowledged.
  std::string prefix = "load";   // Of the ids: prefix-1, prefix-2, …
  std::string definition = "checkout";
  Mix mix;
  const Flow* flow = nullptr;  // Orders instead of the mix.
  std::string article;         // What a flow that orders one article orders.
  std::chrono::milliseconds call_timeout{5'000};
  std::chrono::milliseconds give_up{120'000};  // A start that was not acknowledged for so long.
  std::filesystem::path acknowledged_file;     // Empty = none is written.
};

struct StartSummary {
  std::vector<std::string> acknowledged;         // Saga ids.
  std::vector<std::string> refused;              // "id: why"; also those that were given up.
  std::int64_t repeats = 0;                      // Calls beyond the first of a start.
  std::vector<std::chrono::microseconds> times;  // From the first call to its acknowledgement.
};

// A start that fails in a way that may pass is repeated with the same id and the same body. An id
// is written to the file, one a line, once its start is acknowledged: not before.
// Errors:    INVALID_ARGUMENT FIELD_INVALID: the file cannot be written.
Result<StartSummary> StartSagas(saga::v1::SagaService::StubInterface& stub,
                                const StartOptions& options);

}  // namespace saga::demo

// Waits until sagas have come to rest.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "saga/v1/saga_service.grpc.pb.h"

namespace saga::demo {

struct RestSummary {
  std::size_t succeeded = 0;
  std::size_t compensated = 0;
  std::size_t resolved = 0;
  std::size_t waiting = 0;     // For a person: stuck or paused.
  std::size_t unfinished = 0;  // Neither.
};

using OnRound = std::function<void(const RestSummary& so_far)>;

// Until every saga has ended or waits for a person, or the time is over. Failed questions are asked
// again: the server may be away for a while.
RestSummary WaitForRest(saga::v1::SagaService::StubInterface& stub,
                        const std::vector<std::string>& sagas, std::chrono::milliseconds limit,
                        const OnRound& on_round = {});

}  // namespace saga::demo

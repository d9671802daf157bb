#include "participants/demo/load/waiter.h"

#include <grpcpp/client_context.h>

#include <optional>
#include <thread>

namespace saga::demo {
namespace {

using saga::v1::Saga;
constexpr std::chrono::milliseconds kBetweenRounds{300};
constexpr std::chrono::seconds kCallTimeout{5};

std::optional<Saga> Ask(saga::v1::SagaService::StubInterface& stub, const std::string& id) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kCallTimeout);
  saga::v1::GetSagaRequest request;
  request.set_name(id);
  request.set_view(saga::v1::SAGA_VIEW_BASIC);
  saga::v1::GetSagaResponse response;
  if (!stub.GetSaga(&context, request, &response).ok()) return std::nullopt;
  return response.saga();
}

// Counts a saga that has ended; false = it has not.
enum class Ended { kYes, kNo };
Ended CountIfEnded(const Saga& saga, RestSummary& summary) {
  if (saga.state() == Saga::STATE_SUCCEEDED) {
    ++summary.succeeded;
  } else if (saga.state() == Saga::STATE_COMPENSATED) {
    ++summary.compensated;
  } else if (saga.state() == Saga::STATE_RESOLVED) {
    ++summary.resolved;
  } else {
    return Ended::kNo;
  }
  return Ended::kYes;
}

bool WaitsForAPerson(const Saga& saga) {
  return saga.health() == Saga::HEALTH_STUCK || saga.health() == Saga::HEALTH_PAUSED;
}

}  // namespace

RestSummary WaitForRest(saga::v1::SagaService::StubInterface& stub,
                        const std::vector<std::string>& sagas, std::chrono::milliseconds limit,
                        const OnRound& on_round) {
  const auto give_up = std::chrono::steady_clock::now() + limit;
  RestSummary summary;
  std::vector<std::string> open = sagas;
  while (true) {
    // A stuck saga may be freed by the end of an outage: all are asked again in every round.
    std::vector<std::string> still_open;
    summary.waiting = 0;
    summary.unfinished = 0;
    for (const std::string& id : open) {
      const std::optional<Saga> saga = Ask(stub, id);
      if (saga && CountIfEnded(*saga, summary) == Ended::kYes) continue;
      still_open.push_back(id);
      if (saga && WaitsForAPerson(*saga)) {
        ++summary.waiting;
      } else {
        ++summary.unfinished;
      }
    }
    open = std::move(still_open);
    if (on_round) on_round(summary);
    if (summary.unfinished == 0 || std::chrono::steady_clock::now() > give_up) return summary;
    std::this_thread::sleep_for(kBetweenRounds);
  }
}

}  // namespace saga::demo

// ListSagas: a page of rows, the live ones brought up to date from the engine's memory.
#pragma once

#include "api/call.h"
#include "api/saga_finder.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/saga_reader.h"
#include "saga/v1/saga_service.pb.h"

namespace saga::api {

// Answers through `finisher`; request and response must stay until then.
void ListSagas(Orchestrator& orchestrator, SagaReader& reader, SagaFinder& finder,
               const v1::ListSagasRequest& request, v1::ListSagasResponse& response,
               const Finisher& finisher);

}  // namespace saga::api

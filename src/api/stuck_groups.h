// ListStuckGroups: what needs a person, by cause.
#pragma once

#include "api/call.h"
#include "api/saga_finder.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/participant_directory.h"
#include "orchestrator/saga_reader.h"
#include "saga/v1/operator_service.pb.h"

namespace saga::api {

// Answers through `finisher`; request and response must stay until then.
void ListStuckGroups(Orchestrator& orchestrator, SagaReader& reader, SagaFinder& finder,
                     const ParticipantDirectory& participants,
                     const v1::ListStuckGroupsRequest& request,
                     v1::ListStuckGroupsResponse& response, const Finisher& finisher);

// "SERVING for 2m", "DOWN", "not registered".
std::string DescribeHealth(const std::optional<ParticipantStatus>& participant, TimePoint now);

}  // namespace saga::api

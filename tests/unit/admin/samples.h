// Sagas, groups and events as a server would send them, at a fixed time.
#pragma once

#include <string>
#include <vector>

#include "admin/times.h"
#include "saga/v1/operator_service.pb.h"
#include "saga/v1/participant_service.pb.h"
#include "saga/v1/saga_service.pb.h"

namespace saga::admin::test {

// 2026-01-31T14:26:14.000Z: "now" in all tests.
inline const TimePoint kNow = FromMicros(1769869574'000'000);
inline TimePoint Ago(std::chrono::milliseconds ago) { return kNow - ago; }

// Running, waiting at its pivot.
v1::Saga RunningSaga();
// Compensating, stuck at reserve_stock/undo for 12 minutes.
v1::Saga StuckSaga();
// Compensated, with steps.
v1::Saga CompensatedSaga();

v1::StuckGroup StuckGroupOf(std::int64_t sagas);
v1::Participant Inventory();

v1::SagaEvent Event(std::int64_t revision, const std::string& type, TimePoint time);
// Of StuckSaga, oldest first.
std::vector<v1::SagaEvent> StuckEvents();

}  // namespace saga::admin::test

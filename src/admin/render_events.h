// Records of sagas as lines: for `watch` and for `show --timeline`.
#pragma once

#include <cstdint>
#include <string>

#include "admin/paint.h"
#include "admin/times.h"
#include "saga/v1/saga_service.pb.h"

namespace saga::admin {

// What an event says, by the first and second word of its type.
enum class EventKind : std::uint8_t {
  kStarted,
  kSucceeded,
  kRejected,
  kSkipped,
  kInDoubt,
  kRetrying,
  kGivenUp,
  kLate,
  kUndone,
  kStuck,
  kRecovered,
  kCompensating,
  kPaused,
  kResumed,
  kActed,
  kSagaSucceeded,
  kSagaCompensated,
  kSagaResolved,
  kOther,
};
EventKind KindOf(const v1::SagaEvent& event);

// True for the last event of a saga.
bool EndsSaga(const v1::SagaEvent& event);
Tone ToneOf(const v1::SagaEvent& event);

// "UNAVAILABLE: connection refused, next attempt in 412ms (2 so far)".
std::string EventText(const v1::SagaEvent& event);

enum class EventColumns : std::uint8_t {
  kWithSaga,     // Events of many sagas: each line names its saga.
  kWithoutSaga,  // Events of one saga.
};

// One line with its line break; `width` 0 = as long as it is.
std::string RenderEvent(const v1::SagaEvent& event, EventColumns columns, const TimeFormat& times,
                        std::size_t width, const Paint& paint);

}  // namespace saga::admin

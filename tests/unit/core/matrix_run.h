// One saga with one fault at one operation of one step, run to its end or until it rests.
#pragma once

#include <cstddef>
#include <string>

#include "orchestrator/core/definition.h"

namespace saga::testing {

// What goes wrong with the calls of one operation of the step under test.
enum class Fault : std::uint8_t {
  kNone,
  kNo,                   // It refuses for good.
  kDeclined,             // It does the work, and its answer means no (`reject_if`).
  kDenied,               // It is not allowed, for good.
  kLostDone,             // The first answer is lost; the work was done.
  kLostNotDone,          // The first request is lost.
  kSilentAWhileDone,     // No answer until the saga has given up waiting; the work was done.
  kSilentAWhileNotDone,  // The same; no request has reached it.
  kSilentDone,           // No answer, ever; the work was done.
  kSilentNotDone,        // The same; no request has reached it.
};

// What happens besides. None of it may change the end.
enum class Disturbance : std::uint8_t {
  kNone,
  kTwice,        // Every answer, report and signal comes twice.
  kAgainAtEnd,   // Every request arrives once more when the saga rests, and those that were lost.
  kCrashBefore,  // Before an append: the decision is lost, and what was in flight with it.
  kCrashAfter,   // After an append, before what it releases.
};

struct MatrixCase {
  std::string plan;  // scenario.h
  std::string step;  // The one under test: "x".
  Operation operation = Operation::kAction;
  Fault fault = Fault::kNone;
  std::string refusing;  // A step that refuses, so that the saga turns back; empty = none.
  bool early = false;    // A signal comes before its step waits.
  Disturbance disturbance = Disturbance::kNone;
  std::size_t append = 0;  // The crash is at this one, from 0.
};

struct MatrixResult {
  std::string end;     // "SUCCEEDED", "COMPENSATED", or "stuck".
  std::string effect;  // Of the step under test: "none", "there", "held", "confirmed".
  std::size_t appends = 0;
  std::string problem;  // An invariant that did not hold; empty = all did.
  std::string story;    // All records, for messages.
};

MatrixResult RunCase(const MatrixCase& matrix_case);

}  // namespace saga::testing

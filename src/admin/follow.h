// What watch and wait do.
#pragma once

#include <string>

#include "admin/exit_code.h"
#include "admin/session.h"

namespace saga::admin {

// How a saga that was waited for stands: 0, 12, 13, 14 or 15.
ExitCode AnswerOf(const v1::Saga& saga);
// The same where a saga behind its pivot is good enough.
ExitCode AnswerFor(const v1::Saga& saga, v1::WaitUntil until);

struct WaitFlags {
  std::string saga;
  std::string until;
};
Result<ExitCode> Wait(Session& session, const WaitFlags& flags);

// Waits for `saga` until it has come as far as `until` says, needs a person, or the time is up.
Result<v1::Saga> WaitFor(Session& session, const v1::Saga& saga, v1::WaitUntil until);

// "pivot" or "end" (also when empty).
Result<v1::WaitUntil> ParseUntil(const std::string& text);

struct WatchFlags {
  std::string saga;
  std::string filter;
  std::string cursor;
  bool exit_status = false;
};
Result<ExitCode> Watch(Session& session, const WatchFlags& flags);

}  // namespace saga::admin

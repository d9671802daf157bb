// Checks of the machine itself: ordering, threads, positions. A broken machine must stop, in every
// build; a broken saga must not (it becomes stuck with a reason).
#pragma once

namespace saga {

[[noreturn]] void CheckFailed(const char* file, int line, const char* expression);

}  // namespace saga

// Aborts the process with the place and the expression. Never compiled out.
#define SAGA_CHECK(condition)                          \
  (static_cast<bool>(condition) ? static_cast<void>(0) \
                                : ::saga::CheckFailed(__FILE__, __LINE__, #condition))

#define SAGA_UNREACHABLE() ::saga::CheckFailed(__FILE__, __LINE__, "unreachable")

// Following goes on over a restart of the server.
#pragma once

#include <chrono>
#include <optional>

#include "admin/session.h"

namespace saga::admin {

// Threads: one. Limits: gives up when the server has been away for the setting `patience`.
class ServerPatience {
 public:
  explicit ServerPatience(Session& session) : session_(session) {}

  // True = it was away and has been waited for a moment: ask again. False = tell the user.
  bool Again(const Status& status);
  // It has answered.
  void Answered() { away_since_.reset(); }

 private:
  Session& session_;
  std::optional<std::chrono::steady_clock::time_point> away_since_;
};

}  // namespace saga::admin

#include "admin/follow_patience.h"

#include <thread>

namespace saga::admin {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kPause{300};

}  // namespace

bool ServerPatience::Again(const Status& status) {
  if (status.code() != StatusCode::kUnavailable) return false;
  const auto patience = session_.settings().patience;
  if (patience.count() == 0) return false;
  const auto now = Steady::now();
  if (!away_since_) {
    away_since_ = now;
    session_.Note("waiting for the server: " + status.message());
  }
  if (now - *away_since_ >= patience) return false;
  std::this_thread::sleep_for(kPause);
  return true;
}

}  // namespace saga::admin

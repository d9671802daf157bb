#include "api/call.h"

#include <algorithm>
#include <map>

#include "api/limits.h"
#include "api/status_convert.h"
#include "api/validation.h"
#include "base/metrics.h"
#include "base/uuid.h"

namespace saga::api {
namespace {

std::string MetadataOf(const grpc::CallbackServerContext& context, const char* key) {
  const auto& metadata = context.client_metadata();
  const auto found = metadata.find(key);
  if (found == metadata.end()) return {};
  return {found->second.data(), found->second.size()};
}

// "ipv4:127.0.0.1:50312" -> "ipv4:127.0.0.1": the port says nothing about who it is.
std::string WithoutPort(const std::string& peer) {
  if (!peer.starts_with("ipv4:") && !peer.starts_with("ipv6:")) return peer;
  return peer.substr(0, peer.rfind(':'));
}

bool IsTraceparent(std::string_view text) {
  if (text.size() != 55 || !text.starts_with("00-") || text[35] != '-' || text[52] != '-') {
    return false;
  }
  return std::all_of(text.begin(), text.end(), [](char c) {
    return c == '-' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
  });
}

std::string MakeTraceparent() {
  const auto hex = [] {
    std::string id = MakeUuidV7(
        std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now()));
    id.erase(std::remove(id.begin(), id.end(), '-'), id.end());
    return id;
  };
  // The second half of a UUIDv7 is random: good for a span id.
  return "00-" + hex() + "-" + hex().substr(16) + "-01";
}

// Finding a metric costs more than the answer itself: keep what was found.
Histogram& DurationOf(const char* method, StatusCode code) {
  thread_local std::map<std::pair<const char*, StatusCode>, Histogram> known;
  const auto key = std::make_pair(method, code);
  auto found = known.find(key);
  if (found == known.end()) {
    found =
        known
            .emplace(key, MetricHistogram("rpc_server_call_duration_seconds",
                                          "Duration of API calls.", SecondsBounds(),
                                          {{"rpc_method", method},
                                           {"rpc_status_code", std::string(StatusCodeName(code))}}))
            .first;
  }
  return found->second;
}

void CountRefusal(const Status& status) {
  if (status.code() != StatusCode::kResourceExhausted) return;
  MetricCounter("sagad_admission_rejected_total", "Requests refused because of overload.",
                {{"reason", status.reason()}})
      .Add();
}

}  // namespace

Result<Caller> CallerOf(const grpc::CallbackServerContext& context) {
  Caller caller;
  caller.client = context.peer();
  caller.actor = MetadataOf(context, kActorKey);
  SAGA_RETURN_IF_ERROR(CheckText("metadata x-saga-actor", caller.actor, kActorCharsMax));
  if (caller.actor.empty()) caller.actor = WithoutPort(caller.client);
  if (const std::string from = MetadataOf(context, kForwardedKey); !from.empty()) {
    SAGA_RETURN_IF_ERROR(CheckText("metadata x-saga-forwarded-for", from, kActorCharsMax));
    caller.client = from;
  }
  caller.traceparent = MetadataOf(context, kTraceparentKey);
  if (!IsTraceparent(caller.traceparent)) caller.traceparent = MakeTraceparent();
  return caller;
}

std::chrono::milliseconds TimeLeft(const grpc::CallbackServerContext& context,
                                   std::chrono::milliseconds at_most) {
  const auto now = std::chrono::system_clock::now();
  const auto deadline = context.deadline();
  if (deadline >= now + at_most) return at_most;
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - now);
  return std::max(left - kWaitMargin, std::chrono::milliseconds(0));
}

Finisher::Finisher(grpc::ServerUnaryReactor* reactor, const char* method)
    : state_(std::make_shared<State>(reactor, method)) {}

void Finisher::Finish(const Status& status) const { state_->Finish(status); }

void Finisher::FinishAs(const grpc::Status& status) const {
  state_->FinishAs(status, static_cast<StatusCode>(status.error_code()));
}

Finisher::State::~State() {
  Finish(Status(StatusCode::kUnavailable, "DRAINING", "the server is stopping"));
}

void Finisher::State::Finish(const Status& status) {
  CountRefusal(status);
  FinishAs(ToGrpcStatus(status), status.code());
}

void Finisher::State::FinishAs(const grpc::Status& status, StatusCode code) {
  {
    const MutexLock lock(mutex);
    if (finished) return;
    finished = true;
  }
  DurationOf(method, code)
      .Observe(std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  reactor->Finish(status);
}

}  // namespace saga::api

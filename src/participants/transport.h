// How calls leave this process: the one seam between calling participants and the library that
// carries the calls. grpc_transport.h implements it; a leaner carrier may join it.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/status.h"
#include "base/time.h"
#include "orchestrator/catalog.h"

namespace saga::participants {

// What came back. For any code but kOk `body` is empty.
struct UnaryReply {
  StatusCode code = StatusCode::kUnknown;
  std::string message;
  std::string details;  // grpc-status-details-bin: a serialised google.rpc.Status, or empty.
  std::string body;
  bool accepted = false;  // OK, with `saga-outcome: accepted` in its headers or trailers.
};

// One call under way. The caller's object, which also keeps what the transport borrows.
class UnaryCall {
 public:
  virtual ~UnaryCall() = default;
  // Called exactly once after a successful Submit, on one of the transport's threads: never block.
  virtual void OnReply(UnaryReply reply) = 0;
};

// Keys are lower case; values printable ASCII.
struct MetadataEntry {
  std::string_view key;
  std::string_view value;
};

struct UnaryRequest {
  const void* method = nullptr;             // From Channel::Method.
  std::span<const MetadataEntry> metadata;  // What the views point at lives until OnReply.
  std::string body;
  SteadyTime deadline;
};

// What is known of the connection.
enum class ChannelState : std::uint8_t { kIdle, kConnecting, kReady, kFailing };

// The connection to one participant. Calls fail at once while it cannot be made, and it is tried
// again by itself.
// Threads: any.
class Channel {
 public:
  virtual ~Channel() = default;

  // A handle for Submit of "/package.Service/Method"; valid as long as this channel.
  virtual const void* Method(const std::string& path) = 0;
  // Sends. On an error (the request itself is unfit) OnReply is not called.
  virtual Status Submit(UnaryRequest request, UnaryCall& call) = 0;
  // Ends all calls under way with kCancelled; their OnReply still comes.
  virtual void CancelAll() = 0;
  virtual ChannelState state() = 0;
};

// Where a channel goes.
struct Endpoint {
  std::string target;
  bool tls = false;
  TlsFiles tls_files;

  bool operator==(const Endpoint&) const = default;
};

// Threads:  any.
// Promises: outlives no channel: a channel must be gone, and its calls answered, before it is.
class Transport {
 public:
  virtual ~Transport() = default;
  // Does not connect yet. Errors: FIELD_INVALID when a TLS file cannot be read.
  virtual Result<std::shared_ptr<Channel>> Open(const Endpoint& endpoint) = 0;
};

}  // namespace saga::participants

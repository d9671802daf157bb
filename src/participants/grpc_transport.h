// The transport over gRPC. It speaks to gRPC's C API, the layer below grpc++: a call is one object,
// one batch and one completion, and its metadata is borrowed instead of copied.
#pragma once

#include <memory>
#include <vector>

#include "base/mutex.h"
#include "participants/transport.h"

namespace saga::participants {

// Threads:  owns `pollers` threads, on which every OnReply is called; a channel stays on one.
// Promises: see Transport. The destructor waits until all calls under way have been answered.
class GrpcTransport final : public Transport {
 public:
  explicit GrpcTransport(std::size_t pollers);
  ~GrpcTransport() override;

  Result<std::shared_ptr<Channel>> Open(const Endpoint& endpoint) override;

 private:
  class Poller;

  std::vector<std::unique_ptr<Poller>> pollers_;
  Mutex mutex_;
  std::size_t opened_ SAGA_GUARDED_BY(mutex_) = 0;
};

}  // namespace saga::participants

// Hands calls that reach this node to the one that owns what they are about.
#pragma once

#include <google/protobuf/message.h>
#include <grpcpp/channel.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/call.h"
#include "base/mutex.h"
#include "orchestrator/lease.h"
#include "saga/v1/saga_service.pb.h"

namespace saga::api {

// Threads:   any. Owns the channels to the other nodes.
// Promises:  a call is forwarded at most once, with its caller's deadline, identity and trace; what
//            the owner answers, details included, is what the caller gets.
//            A call to a node that loses its shard meanwhile ends at once with UNAVAILABLE
//            NOT_OWNER, so that its caller can ask again.
// Limits:    kForwardMax for calls whose caller set no deadline.
class Forwarder {
 public:
  // Who else owns the shard; absent = this node, or nobody.
  using OwnerLookup = std::function<std::optional<NodeInfo>(ShardId)>;

  // Whether this node owns it.
  using HoldsLookup = std::function<bool(ShardId)>;

  // Without a lookup nothing is ever forwarded.
  Forwarder(OwnerLookup other_owner, HoldsLookup holds, std::uint16_t shards)
      : other_owner_(std::move(other_owner)), holds_(std::move(holds)), shards_(shards) {}

  // True = another node answers through `finisher`, or nobody can at the moment: what this node
  // knows of definitions and participants may be out of date until it owns the shard. `resource` is
  // the saga's name as the request has it; what is about no saga, or cannot be read, is the
  // business of the first shard's owner.
  bool Forward(const grpc::CallbackServerContext& context, const std::string& resource,
               const google::protobuf::Message& request, google::protobuf::Message& response,
               const Finisher& finisher);

  // Shards have got another owner: calls that wait for the one before are given up.
  void OnLeasesChanged();

  // The stream of the other node; null = it is ours to make.
  grpc::ServerWriteReactor<v1::WatchSagasResponse>* ForwardWatch(
      const grpc::CallbackServerContext& context, const v1::WatchSagasRequest& request);

 private:
  // A call on its way to another node.
  struct Open {
    ShardId shard{};
    std::string node;
    std::weak_ptr<grpc::ClientContext> context;
  };

  // Remembers the call as long as somebody holds the context.
  void Track(ShardId shard, const NodeInfo& node,
             const std::shared_ptr<grpc::ClientContext>& context);
  ShardId ShardFor(const std::string& resource) const;
  std::shared_ptr<grpc::Channel> ChannelTo(const NodeInfo& node);

  const OwnerLookup other_owner_;
  const HoldsLookup holds_;
  const std::uint16_t shards_;
  Mutex mutex_;
  std::map<std::string, std::shared_ptr<grpc::Channel>> channels_ SAGA_GUARDED_BY(mutex_);
  std::vector<Open> open_ SAGA_GUARDED_BY(mutex_);
  std::size_t sweep_at_ SAGA_GUARDED_BY(mutex_) = 64;  // Of open_, to forget what is done.
};

}  // namespace saga::api

#include "api/forwarder.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/security/credentials.h>

#include <algorithm>
#include <utility>

#include "api/forwarded_watch.h"
#include "api/limits.h"
#include "api/names.h"
#include "api/status_convert.h"
#include "orchestrator/shard_input.h"

namespace saga::api {
namespace {

using google::protobuf::MessageLite;
using Stub = grpc::TemplatedGenericStub<MessageLite, MessageLite>;

// The owner has gone, or the network between the nodes has.
Status Unreached(const grpc::Status& status) {
  return {StatusCode::kUnavailable, "NOT_OWNER",
          "the node that owns this shard cannot be reached; try again (" + status.error_message() +
              ")"};
}

bool WasForwarded(const grpc::CallbackServerContext& context) {
  return context.client_metadata().count(kForwardedKey) > 0;
}

// The context of the call to the owner: the caller's own deadline, identity and trace.
Status FillContext(const grpc::CallbackServerContext& context, grpc::ClientContext& next) {
  SAGA_ASSIGN_OR_RETURN(const Caller caller, CallerOf(context));
  next.set_deadline(std::min(context.deadline(), std::chrono::system_clock::now() + kForwardMax));
  next.AddMetadata(kActorKey, caller.actor);
  next.AddMetadata(kForwardedKey, caller.client);
  next.AddMetadata(kTraceparentKey, caller.traceparent);
  return Status::Ok();
}

}  // namespace

ShardId Forwarder::ShardFor(const std::string& resource) const {
  const Result<SagaId> saga = ParseSagaName("name", resource);
  return saga.ok() ? ShardOf(*saga, shards_) : ShardId{0};
}

std::shared_ptr<grpc::Channel> Forwarder::ChannelTo(const NodeInfo& node) {
  const MutexLock lock(mutex_);
  auto& channel = channels_[node.address];
  if (!channel) {
    grpc::ChannelArguments arguments;
    arguments.SetInt("grpc.enable_http_proxy", 0);
    arguments.SetMaxReceiveMessageSize(kForwardBytesMax);
    channel =
        grpc::CreateCustomChannel(node.address, grpc::InsecureChannelCredentials(), arguments);
  }
  return channel;
}

void Forwarder::Track(ShardId shard, const NodeInfo& node,
                      const std::shared_ptr<grpc::ClientContext>& context) {
  const MutexLock lock(mutex_);
  if (open_.size() >= sweep_at_) {
    open_.erase(std::remove_if(open_.begin(), open_.end(),
                               [](const Open& open) { return open.context.expired(); }),
                open_.end());
    sweep_at_ = std::max<std::size_t>(64, 2 * open_.size());
  }
  open_.push_back({shard, node.node, context});
}

void Forwarder::OnLeasesChanged() {
  std::vector<std::shared_ptr<grpc::ClientContext>> lost;
  {
    const MutexLock lock(mutex_);
    for (const Open& open : open_) {
      const auto context = open.context.lock();
      if (!context) continue;
      const std::optional<NodeInfo> owner = other_owner_(open.shard);
      if (!owner || owner->node != open.node) lost.push_back(context);
    }
  }
  for (const auto& context : lost) context->TryCancel();
}

bool Forwarder::Forward(const grpc::CallbackServerContext& context, const std::string& resource,
                        const google::protobuf::Message& request,
                        google::protobuf::Message& response, const Finisher& finisher) {
  if (!other_owner_) return false;
  const ShardId shard = ShardFor(resource);
  const std::optional<NodeInfo> owner = other_owner_(shard);
  if (!owner && holds_(shard)) return false;
  if (!owner || WasForwarded(context)) {
    finisher.Finish(NotOwner());
    return true;
  }
  const auto next = std::make_shared<grpc::ClientContext>();
  if (const Status status = FillContext(context, *next); !status.ok()) {
    finisher.Finish(status);
    return true;
  }
  Track(shard, *owner, next);
  const MessageLite* const sent = &request;
  MessageLite* const received = &response;
  Stub(ChannelTo(*owner))
      .UnaryCall(next.get(), "/" + finisher.method(), grpc::StubOptions(), sent, received,
                 [next, finisher](const grpc::Status& status) {
                   // Nobody but us cancels it: its owner has lost the shard.
                   if (status.error_code() == grpc::StatusCode::CANCELLED) {
                     return finisher.Finish(NotOwner());
                   }
                   const bool unreached = status.error_code() == grpc::StatusCode::UNAVAILABLE &&
                                          status.error_details().empty();
                   if (unreached) return finisher.Finish(Unreached(status));
                   finisher.FinishAs(status);
                 });
  return true;
}

grpc::ServerWriteReactor<v1::WatchSagasResponse>* Forwarder::ForwardWatch(
    const grpc::CallbackServerContext& context, const v1::WatchSagasRequest& request) {
  if (!other_owner_) return nullptr;
  const std::optional<NodeInfo> owner = other_owner_(ShardId{0});
  if (!owner) return nullptr;
  if (WasForwarded(context)) return RefuseWatch(NotOwner());
  const auto next = std::make_shared<grpc::ClientContext>();
  if (const Status status = FillContext(context, *next); !status.ok()) return RefuseWatch(status);
  next->set_deadline(context.deadline());
  Track(ShardId{0}, *owner, next);
  return new ForwardedWatch(ChannelTo(*owner), next, request);
}

}  // namespace saga::api

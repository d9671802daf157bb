// A stream that another node makes, passed on as it comes.
#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/support/client_callback.h>
#include <grpcpp/support/server_callback.h>

#include <memory>

#include "base/mutex.h"
#include "base/status.h"
#include "saga/v1/saga_service.grpc.pb.h"

namespace saga::api {

// A stream that ends before it begins.
grpc::ServerWriteReactor<v1::WatchSagasResponse>* RefuseWatch(const Status& status);

// One message in memory at a time: the next is read when the last has been written, so a slow
// caller slows the owner down, not this node.
//
// Threads:   gRPC's. Deletes itself when both sides are done.
class ForwardedWatch final : public grpc::ServerWriteReactor<v1::WatchSagasResponse> {
 public:
  ForwardedWatch(const std::shared_ptr<grpc::Channel>& channel,
                 std::shared_ptr<grpc::ClientContext> context,
                 const v1::WatchSagasRequest& request);

  void OnWriteDone(bool ok) override;
  void OnCancel() override { context_->TryCancel(); }
  void OnDone() override { LetGo(); }

 private:
  class Source final : public grpc::ClientReadReactor<v1::WatchSagasResponse> {
   public:
    explicit Source(ForwardedWatch& watch) : watch_(watch) {}
    void OnReadDone(bool ok) override;
    void OnDone(const grpc::Status& status) override;

   private:
    ForwardedWatch& watch_;
  };

  void LetGo();

  const std::shared_ptr<grpc::ClientContext> context_;
  const std::unique_ptr<v1::SagaService::Stub> stub_;
  const v1::WatchSagasRequest request_;
  v1::WatchSagasResponse message_;
  Source source_{*this};
  Mutex mutex_;
  int sides_ SAGA_GUARDED_BY(mutex_) = 2;
};

}  // namespace saga::api

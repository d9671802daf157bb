#include "api/forwarded_watch.h"

#include <utility>

#include "api/status_convert.h"
#include "orchestrator/shard_input.h"

namespace saga::api {
namespace {

class Refused final : public grpc::ServerWriteReactor<v1::WatchSagasResponse> {
 public:
  explicit Refused(const Status& status) { Finish(ToGrpcStatus(status)); }
  void OnDone() override { delete this; }
};

}  // namespace

grpc::ServerWriteReactor<v1::WatchSagasResponse>* RefuseWatch(const Status& status) {
  return new Refused(status);
}

ForwardedWatch::ForwardedWatch(const std::shared_ptr<grpc::Channel>& channel,
                               std::shared_ptr<grpc::ClientContext> context,
                               const v1::WatchSagasRequest& request)
    : context_(std::move(context)), stub_(v1::SagaService::NewStub(channel)), request_(request) {
  stub_->async()->WatchSagas(context_.get(), &request_, &source_);
  source_.StartRead(&message_);
  source_.StartCall();
}

void ForwardedWatch::OnWriteDone(bool ok) {
  if (!ok) return context_->TryCancel();
  source_.StartRead(&message_);
}

void ForwardedWatch::Source::OnReadDone(bool ok) {
  if (ok) watch_.StartWrite(&watch_.message_);
}

void ForwardedWatch::Source::OnDone(const grpc::Status& status) {
  // Cancelled by its caller, who does not listen any more, or because its owner lost the shard.
  const bool lost = status.error_code() == grpc::StatusCode::CANCELLED;
  watch_.Finish(lost ? ToGrpcStatus(NotOwner()) : status);
  watch_.LetGo();
}

void ForwardedWatch::LetGo() {
  {
    const MutexLock lock(mutex_);
    if (--sides_ > 0) return;
  }
  delete this;
}

}  // namespace saga::api

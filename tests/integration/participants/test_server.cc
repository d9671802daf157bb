#include "integration/participants/test_server.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/util/time_util.h>
#include <grpcpp/alarm.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>

#include <algorithm>
#include <atomic>
#include <stdexcept>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "grpc/reflection/v1/reflection.grpc.pb.h"
#include "test/stock/v1/stock.grpc.pb.h"

namespace saga::test {
namespace {

using ::test::stock::v1::ReserveRequest;
using ::test::stock::v1::ReserveResponse;
using ::test::stock::v1::Stock;

template <typename Message>
grpc::ByteBuffer ToBuffer(const Message& message) {
  const grpc::Slice slice(message.SerializeAsString());
  return {&slice, 1};
}

std::string DetailsWith(const google::protobuf::Message& detail) {
  google::rpc::Status status;
  status.add_details()->PackFrom(detail);
  return status.SerializeAsString();
}

grpc::Status No() {
  google::rpc::ErrorInfo info;
  info.set_reason("OUT_OF_STOCK");
  info.set_domain("stock.test");
  return {grpc::StatusCode::FAILED_PRECONDITION, "2 of 5 left", DetailsWith(info)};
}

grpc::Status Busy() {
  google::rpc::RetryInfo retry;
  *retry.mutable_retry_delay() = google::protobuf::util::TimeUtil::MillisecondsToDuration(750);
  return {grpc::StatusCode::RESOURCE_EXHAUSTED, "busy", DetailsWith(retry)};
}

}  // namespace

class TestServer::Service final
    : public Stock::WithRawCallbackMethod_Reserve<Stock::WithRawCallbackMethod_Release<
          Stock::WithRawCallbackMethod_Confirm<Stock::Service>>> {
 public:
  grpc::ServerUnaryReactor* Reserve(grpc::CallbackServerContext* context,
                                    const grpc::ByteBuffer* request,
                                    grpc::ByteBuffer* response) override {
    return new Answer(*this, *context, *request, *response);
  }
  grpc::ServerUnaryReactor* Release(grpc::CallbackServerContext* context,
                                    const grpc::ByteBuffer* request,
                                    grpc::ByteBuffer* response) override {
    return new Answer(*this, *context, *request, *response);
  }

  grpc::ServerUnaryReactor* Confirm(grpc::CallbackServerContext* context,
                                    const grpc::ByteBuffer* request,
                                    grpc::ByteBuffer* response) override {
    return new Answer(*this, *context, *request, *response);
  }

  mutable Mutex mutex;
  int seen = 0;
  std::atomic<int> now = 0;
  int most = 0;
  SeenMetadata last;
  std::map<std::string, int> calls;               // By saga and operation.
  std::map<std::string, std::string> tokens;      // The same.
  std::map<std::string, std::string> behaviours;  // By operation.

 private:
  // One call; destroys itself.
  class Answer final : public grpc::ServerUnaryReactor {
   public:
    Answer(Service& service, grpc::CallbackServerContext& context, const grpc::ByteBuffer& request,
           grpc::ByteBuffer& response)
        : service_(service) {
      const MutexLock lock(service.mutex);
      ++service.seen;
      service.most = std::max<int>(service.most, ++service.now);
      service.last.clear();
      for (const auto& [key, value] : context.client_metadata()) {
        service.last.emplace(std::string(key.data(), key.size()),
                             std::string(value.data(), value.size()));
      }
      const std::string operation = Seen("saga-step") + "/" + Seen("saga-op");
      const std::string call = Seen("saga-id") + " " + operation;
      ++service.calls[call];
      service.tokens[call] = Seen("saga-task-token");
      const auto found = service.behaviours.find(operation);
      Behave(context, request, response, found == service.behaviours.end() ? "" : found->second);
    }
    void OnDone() override { LetGo(); }
    void OnCancel() override {
      alarm_.Cancel();
      FinishOnce(grpc::Status::CANCELLED);
    }

   private:
    std::string Seen(const std::string& key) const SAGA_REQUIRES(service_.mutex) {
      const auto found = service_.last.find(key);
      return found == service_.last.end() ? "" : found->second;
    }
    void Behave(grpc::CallbackServerContext& context, const grpc::ByteBuffer& bytes,
                grpc::ByteBuffer& response, const std::string& instead) {
      grpc::Slice slice;
      ReserveRequest request;
      if (!bytes.DumpToSingleSlice(&slice).ok() ||
          !request.ParseFromArray(slice.begin(), static_cast<int>(slice.size()))) {
        return FinishOnce({grpc::StatusCode::INVALID_ARGUMENT, "not a ReserveRequest"});
      }
      const std::string& behaviour = instead.empty() ? request.item().behaviour() : instead;
      ReserveResponse answer;
      answer.set_reservation_id("r-" + request.order_id());
      if (behaviour == "no") return FinishOnce(No());
      if (behaviour == "busy") return FinishOnce(Busy());
      if (behaviour == "aborted") return FinishOnce({grpc::StatusCode::ABORTED, "conflict"});
      if (behaviour == "hang") return;
      if (behaviour == "accept") context.AddTrailingMetadata("saga-outcome", "accepted");
      if (behaviour == "huge") answer.set_reservation_id(std::string(3 << 20, 'x'));
      response = ToBuffer(answer);
      if (behaviour == "garbage") {
        const grpc::Slice garbage("\xff\xff\xff\xff garbage");
        response = grpc::ByteBuffer(&garbage, 1);
      }
      if (behaviour == "slow") {
        ++holders_;
        alarm_.Set(
            std::chrono::system_clock::now() + std::chrono::milliseconds(request.item().after_ms()),
            [this](bool) {
              FinishOnce(grpc::Status::OK);
              LetGo();
            });
        return;
      }
      FinishOnce(grpc::Status::OK);
    }
    void FinishOnce(const grpc::Status& status) {
      if (finished_.exchange(true)) return;
      --service_.now;  // First: the caller may have its answer before Finish returns.
      Finish(status);
    }

    void LetGo() {
      if (--holders_ == 0) delete this;
    }

    Service& service_;
    // The call, and the alarm: a cancelled one still calls back, perhaps after the call is over.
    std::atomic<int> holders_{1};
    grpc::Alarm alarm_;
    std::atomic<bool> finished_{false};
  };
};

// gRPC 1.51 offers v1alpha only; servers in other languages offer v1.
class TestServer::ReflectionV1 final : public grpc::reflection::v1::ServerReflection::Service {
 public:
  int questions() const { return questions_; }

 private:
  grpc::Status ServerReflectionInfo(
      grpc::ServerContext*,
      grpc::ServerReaderWriter<grpc::reflection::v1::ServerReflectionResponse,
                               grpc::reflection::v1::ServerReflectionRequest>* stream) override {
    grpc::reflection::v1::ServerReflectionRequest request;
    while (stream->Read(&request)) {
      ++questions_;
      stream->Write(Reply(request));
    }
    return grpc::Status::OK;
  }

  // One file at a time, without its imports, as some servers do.
  static grpc::reflection::v1::ServerReflectionResponse Reply(
      const grpc::reflection::v1::ServerReflectionRequest& request) {
    const auto* pool = google::protobuf::DescriptorPool::generated_pool();
    grpc::reflection::v1::ServerReflectionResponse reply;
    const google::protobuf::FileDescriptor* file = nullptr;
    if (!request.list_services().empty()) {
      reply.mutable_list_services_response()->add_service()->set_name("test.stock.v1.Stock");
      reply.mutable_list_services_response()->add_service()->set_name(
          "grpc.reflection.v1.ServerReflection");
      return reply;
    }
    if (!request.file_containing_symbol().empty()) {
      file = pool->FindFileContainingSymbol(request.file_containing_symbol());
    } else {
      file = pool->FindFileByName(request.file_by_filename());
    }
    if (file == nullptr) {
      reply.mutable_error_response()->set_error_message("not found");
      return reply;
    }
    google::protobuf::FileDescriptorProto proto;
    file->CopyTo(&proto);
    reply.mutable_file_descriptor_response()->add_file_descriptor_proto(proto.SerializeAsString());
    return reply;
  }

  std::atomic<int> questions_{0};
};

TestServer::TestServer(TestServerOptions options) : service_(std::make_unique<Service>()) {
  grpc::EnableDefaultHealthCheckService(true);
  grpc::ServerBuilder builder;
  builder.AddChannelArgument("grpc.so_reuseport", 0);
  builder.AddListeningPort(
      fmt::format("127.0.0.1:{}", options.port),
      options.credentials ? options.credentials : grpc::InsecureServerCredentials(), &port_);
  builder.RegisterService(service_.get());
  // v1alpha comes with the library for every server; v1 is what clients ask for first.
  switch (options.reflection) {
    case Reflection::kV1:
      reflection_ = std::make_unique<ReflectionV1>();
      builder.RegisterService(reflection_.get());
      break;
    case Reflection::kV1Alpha:
      grpc::reflection::InitProtoReflectionServerBuilderPlugin();
      break;
  }
  server_ = builder.BuildAndStart();
  if (!server_ || port_ == 0) throw std::runtime_error("the test server cannot listen");
}

TestServer::~TestServer() { server_->Shutdown(std::chrono::system_clock::now()); }

std::string TestServer::target() const { return fmt::format("127.0.0.1:{}", port_); }

int TestServer::reflection_v1_questions() const {
  return reflection_ ? reflection_->questions() : 0;
}

int TestServer::calls_seen() const {
  const MutexLock lock(service_->mutex);
  return service_->seen;
}

int TestServer::most_at_once() const {
  const MutexLock lock(service_->mutex);
  return service_->most;
}

int TestServer::calls_of(const std::string& saga, const std::string& operation) const {
  const MutexLock lock(service_->mutex);
  const auto found = service_->calls.find(saga + " " + operation);
  return found == service_->calls.end() ? 0 : found->second;
}

std::string TestServer::token_of(const std::string& saga, const std::string& operation) const {
  const MutexLock lock(service_->mutex);
  const auto found = service_->tokens.find(saga + " " + operation);
  return found == service_->tokens.end() ? "" : found->second;
}

void TestServer::Behave(const std::string& operation, const std::string& behaviour) {
  const MutexLock lock(service_->mutex);
  service_->behaviours[operation] = behaviour;
}

SeenMetadata TestServer::last_metadata() const {
  const MutexLock lock(service_->mutex);
  return service_->last;
}

}  // namespace saga::test

#include "participants/reflection_client.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor.pb.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/security/credentials.h>

#include <chrono>
#include <deque>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "definition/limits.h"
#include "definition/service_types.h"
#include "grpc/reflection/v1/reflection.pb.h"
#include "participants/channel_settings.h"
#include "participants/limits.h"

namespace saga::participants {
namespace {

using grpc::reflection::v1::ServerReflectionRequest;
using grpc::reflection::v1::ServerReflectionResponse;

// The messages of v1 and v1alpha are the same on the wire; only the names differ.
constexpr const char* kMethods[] = {
    "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
    "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"};

// One reflection stream, used question by question from one thread. Blocks.
class ReflectionStream {
 public:
  using Deadline = std::chrono::system_clock::time_point;

  ReflectionStream(const std::shared_ptr<grpc::Channel>& channel, const char* method,
                   Deadline deadline)
      : stub_(channel) {
    context_.set_deadline(deadline);
    stream_ = stub_.PrepareCall(&context_, method, &queue_);
    stream_->StartCall(nullptr);
    alive_ = Wait();
  }
  ~ReflectionStream() {
    context_.TryCancel();
    queue_.Shutdown();
    void* tag = nullptr;
    bool ok = false;
    while (queue_.Next(&tag, &ok)) {}
  }
  ReflectionStream(const ReflectionStream&) = delete;
  ReflectionStream& operator=(const ReflectionStream&) = delete;

  // False when the stream has ended: see Finish.
  bool Ask(const ServerReflectionRequest& question, ServerReflectionResponse& answer) {
    if (!alive_) return false;
    stream_->Write(question, nullptr);
    if (!(alive_ = Wait())) return false;
    stream_->Read(&answer, nullptr);
    return alive_ = Wait();
  }

  grpc::Status Finish() {
    grpc::Status status;
    stream_->Finish(&status, nullptr);
    Wait();
    return status;
  }

 private:
  bool Wait() {
    void* tag = nullptr;
    bool ok = false;
    return queue_.Next(&tag, &ok) && ok;
  }

  grpc::CompletionQueue queue_;
  grpc::ClientContext context_;
  grpc::TemplatedGenericStub<ServerReflectionRequest, ServerReflectionResponse> stub_;
  std::unique_ptr<grpc::ClientAsyncReaderWriter<ServerReflectionRequest, ServerReflectionResponse>>
      stream_;
  bool alive_ = false;
};

Status StreamError(const grpc::Status& status, const std::string& target) {
  if (status.error_code() == grpc::StatusCode::UNIMPLEMENTED) {
    return Status(StatusCode::kFailedPrecondition, "REFLECTION_MISSING",
                  fmt::format("the server at {} does not offer server reflection", target));
  }
  if (status.error_code() == grpc::StatusCode::UNAVAILABLE ||
      status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED) {
    return Status(StatusCode::kUnavailable, "PARTICIPANT_UNREACHABLE",
                  fmt::format("nobody answers at {}: {}", target, status.error_message()));
  }
  return Status(StatusCode::kFailedPrecondition, "REFLECTION_FAILED",
                fmt::format("server reflection at {} failed: {}", target,
                            status.ok() ? "the stream ended early" : status.error_message()));
}

// Collects files until every import is there.
class Collector {
 public:
  Collector(ReflectionStream& stream, const std::string& target)
      : stream_(stream), target_(target) {}

  Result<std::string> Collect() {
    ServerReflectionRequest question;
    question.set_list_services("*");
    ServerReflectionResponse services;
    SAGA_RETURN_IF_ERROR(Ask(question, services));
    if (!services.has_list_services_response()) return Odd("it does not list its services");
    std::size_t count = 0;
    for (const auto& service : services.list_services_response().service()) {
      if (IsInfrastructure(service.name())) continue;
      if (++count > kServicesMax) return Odd(fmt::format("more than {} services", kServicesMax));
      question.set_file_containing_symbol(service.name());
      SAGA_RETURN_IF_ERROR(AddFiles(question, service.name()));
    }
    while (!missing_.empty()) {
      const std::string name = missing_.front();
      missing_.pop_front();
      if (names_.contains(name)) continue;
      question.set_file_by_filename(name);
      SAGA_RETURN_IF_ERROR(AddFiles(question, name));
      if (!names_.contains(name)) return Odd(fmt::format("file '{}' is not to be had", name));
    }
    std::string bytes;
    set_.SerializeToString(&bytes);
    return bytes;
  }

 private:
  Status Ask(const ServerReflectionRequest& question, ServerReflectionResponse& answer) {
    answer.Clear();
    if (stream_.Ask(question, answer)) return Status::Ok();
    return StreamError(stream_.Finish(), target_);
  }

  Status AddFiles(const ServerReflectionRequest& question, const std::string& subject) {
    ServerReflectionResponse answer;
    SAGA_RETURN_IF_ERROR(Ask(question, answer));
    if (!answer.has_file_descriptor_response()) {
      return Odd(
          fmt::format("no file for '{}': {}", subject, answer.error_response().error_message()));
    }
    for (const std::string& bytes : answer.file_descriptor_response().file_descriptor_proto()) {
      google::protobuf::FileDescriptorProto file;
      if (!file.ParseFromString(bytes)) return Odd(fmt::format("bad file for '{}'", subject));
      if (!names_.insert(file.name()).second) continue;
      bytes_ += bytes.size();
      if (names_.size() > kDescriptorFilesMax || bytes_ > kDescriptorSetBytesMax) {
        return Odd(fmt::format("its files are more than {} or larger than {} bytes",
                               kDescriptorFilesMax, kDescriptorSetBytesMax));
      }
      for (const std::string& import : file.dependency()) missing_.push_back(import);
      *set_.add_file() = std::move(file);
    }
    return Status::Ok();
  }

  Status Odd(const std::string& what) const {
    return Status(StatusCode::kFailedPrecondition, "REFLECTION_FAILED",
                  fmt::format("server reflection at {} is of no use: {}", target_, what));
  }

  ReflectionStream& stream_;
  const std::string& target_;
  google::protobuf::FileDescriptorSet set_;
  std::set<std::string> names_;
  std::deque<std::string> missing_;
  std::size_t bytes_ = 0;
};

}  // namespace

Result<std::string> FetchDescriptors(const Endpoint& endpoint) {
  SAGA_RETURN_IF_ERROR(CheckTarget(endpoint.target));
  std::shared_ptr<grpc::ChannelCredentials> credentials = grpc::InsecureChannelCredentials();
  if (endpoint.tls) {
    SAGA_ASSIGN_OR_RETURN(TlsTexts tls, ReadTlsFiles(endpoint.tls_files));
    credentials = grpc::SslCredentials({tls.ca, tls.key, tls.certificate});
  }
  grpc::ChannelArguments settings = ChannelSettings();
  settings.SetMaxReceiveMessageSize(static_cast<int>(kDescriptorSetBytesMax));
  const auto channel = grpc::CreateCustomChannel(endpoint.target, credentials, settings);
  const auto deadline = std::chrono::system_clock::now() + kReflectionTimeout;
  Result<std::string> found = StreamError(grpc::Status(), endpoint.target);
  for (const char* method : kMethods) {
    ReflectionStream stream(channel, method, deadline);
    found = Collector(stream, endpoint.target).Collect();
    if (found.ok() || found.status().reason() != "REFLECTION_MISSING") break;
  }
  return found;
}

}  // namespace saga::participants

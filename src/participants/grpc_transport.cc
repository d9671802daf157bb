#include "participants/grpc_transport.h"

#include <fmt/format.h>
#include <grpc/byte_buffer.h>
#include <grpc/grpc.h>
#include <grpc/grpc_security.h>
#include <grpc/slice.h>
#include <grpc/support/alloc.h>
#include <grpc/support/time.h>

#include <algorithm>
#include <array>
#include <set>
#include <span>
#include <string_view>
#include <thread>
#include <utility>

#include "base/check.h"
#include "base/mutex.h"
#include "participants/channel_settings.h"
#include "participants/limits.h"

namespace saga::participants {
namespace {

constexpr std::size_t kMetadataEntriesMax = 16;
constexpr std::string_view kDetailsKey = "grpc-status-details-bin";
constexpr std::string_view kOutcomeKey = "saga-outcome";
constexpr std::string_view kAcceptedValue = "accepted";

std::string_view View(const grpc_slice& slice) {
  return {reinterpret_cast<const char*>(GRPC_SLICE_START_PTR(slice)), GRPC_SLICE_LENGTH(slice)};
}

std::string Text(const grpc_byte_buffer* buffer) {
  std::string text;
  if (buffer == nullptr) return text;
  const grpc_slice_buffer& slices = buffer->data.raw.slice_buffer;
  text.reserve(slices.length);
  for (std::size_t i = 0; i < slices.count; ++i) text.append(View(slices.slices[i]));
  return text;
}

bool SaysAccepted(const grpc_metadata_array& array) {
  const std::span entries(array.metadata, array.count);
  return std::ranges::any_of(entries, [](const grpc_metadata& entry) {
    return View(entry.key) == kOutcomeKey && View(entry.value) == kAcceptedValue;
  });
}

// Long bodies are lent to gRPC, short ones copied, which is cheaper than counting references.
grpc_slice BodySlice(std::string body) {
  if (body.size() < kBorrowBytesMin) {
    return grpc_slice_from_copied_buffer(body.data(), body.size());
  }
  auto* owned = new std::string(std::move(body));
  return grpc_slice_new_with_user_data(
      owned->data(), owned->size(), [](void* text) { delete static_cast<std::string*>(text); },
      owned);
}

StatusCode CodeOf(grpc_status_code code) {
  const auto number = static_cast<int>(code);
  const bool known = number >= 0 && number <= static_cast<int>(StatusCode::kUnauthenticated);
  return known ? static_cast<StatusCode>(number) : StatusCode::kUnknown;
}

gpr_timespec ToGpr(SteadyTime deadline) {
  const auto left = deadline - std::chrono::steady_clock::now();
  return gpr_time_from_nanos(std::chrono::duration_cast<std::chrono::nanoseconds>(left).count(),
                             GPR_TIMESPAN);
}

class GrpcChannel;

// One call from Submit to OnReply.
struct CallInFlight {
  std::shared_ptr<GrpcChannel> channel;
  UnaryCall* user = nullptr;
  grpc_call* call = nullptr;
  std::array<grpc_metadata, kMetadataEntriesMax> metadata;
  grpc_byte_buffer* request = nullptr;
  grpc_byte_buffer* response = nullptr;
  grpc_metadata_array headers;
  grpc_metadata_array trailers;
  grpc_status_code code = GRPC_STATUS_UNKNOWN;
  grpc_slice message = grpc_empty_slice();
  CallInFlight* previous = nullptr;  // The channel's list.
  CallInFlight* next = nullptr;

  CallInFlight() {
    grpc_metadata_array_init(&headers);
    grpc_metadata_array_init(&trailers);
  }
  ~CallInFlight() {
    grpc_metadata_array_destroy(&headers);
    grpc_metadata_array_destroy(&trailers);
    if (request != nullptr) grpc_byte_buffer_destroy(request);
    if (response != nullptr) grpc_byte_buffer_destroy(response);
    grpc_slice_unref(message);
    if (call != nullptr) grpc_call_unref(call);
  }
  CallInFlight(const CallInFlight&) = delete;
  CallInFlight& operator=(const CallInFlight&) = delete;

  grpc_call_error Start(std::size_t metadata_entries);
  UnaryReply Reply() const;
};

// Threads: any. Owns the gRPC channel; borrows the queue of its poller.
class GrpcChannel final : public Channel, public std::enable_shared_from_this<GrpcChannel> {
 public:
  GrpcChannel(grpc_channel* channel, grpc_completion_queue* queue)
      : channel_(channel), queue_(queue) {}
  ~GrpcChannel() override { grpc_channel_destroy(channel_); }
  GrpcChannel(const GrpcChannel&) = delete;
  GrpcChannel& operator=(const GrpcChannel&) = delete;

  const void* Method(const std::string& path) override {
    const MutexLock lock(mutex_);
    // The name must stay where it is: gRPC keeps the pointer.
    const auto [name, is_new] = paths_.insert(path);
    return grpc_channel_register_call(channel_, name->c_str(), nullptr, nullptr);
  }

  Status Submit(UnaryRequest request, UnaryCall& user) override {
    SAGA_CHECK(request.metadata.size() <= kMetadataEntriesMax);
    auto flight = std::make_unique<CallInFlight>();
    flight->channel = shared_from_this();
    flight->user = &user;
    grpc_slice body = BodySlice(std::move(request.body));
    flight->request = grpc_raw_byte_buffer_create(&body, 1);
    grpc_slice_unref(body);
    for (std::size_t i = 0; i < request.metadata.size(); ++i) {
      const MetadataEntry& entry = request.metadata[i];
      flight->metadata[i].key = grpc_slice_from_static_buffer(entry.key.data(), entry.key.size());
      flight->metadata[i].value =
          grpc_slice_from_static_buffer(entry.value.data(), entry.value.size());
    }
    flight->call = grpc_channel_create_registered_call(channel_, nullptr, GRPC_PROPAGATE_DEFAULTS,
                                                       queue_, const_cast<void*>(request.method),
                                                       ToGpr(request.deadline), nullptr);
    Link(*flight);
    const grpc_call_error error = flight->Start(request.metadata.size());
    if (error == GRPC_CALL_OK) {
      flight.release();  // NOLINT(bugprone-unused-return-value): the poller owns it now.
      return Status::Ok();
    }
    Unlink(*flight);
    return Status(StatusCode::kInvalidArgument, "CALL_UNFIT",
                  fmt::format("gRPC cannot send this call: {}", grpc_call_error_to_string(error)));
  }

  void CancelAll() override {
    const MutexLock lock(mutex_);
    for (CallInFlight* flight = first_; flight != nullptr; flight = flight->next) {
      grpc_call_cancel(flight->call, nullptr);
    }
  }

  ChannelState state() override {
    switch (grpc_channel_check_connectivity_state(channel_, 0)) {
      case GRPC_CHANNEL_IDLE:
        return ChannelState::kIdle;
      case GRPC_CHANNEL_CONNECTING:
        return ChannelState::kConnecting;
      case GRPC_CHANNEL_READY:
        return ChannelState::kReady;
      case GRPC_CHANNEL_TRANSIENT_FAILURE:
      case GRPC_CHANNEL_SHUTDOWN:
        return ChannelState::kFailing;
    }
    SAGA_UNREACHABLE();
  }

  void Link(CallInFlight& flight) {
    const MutexLock lock(mutex_);
    flight.next = first_;
    if (first_ != nullptr) first_->previous = &flight;
    first_ = &flight;
  }

  void Unlink(CallInFlight& flight) {
    const MutexLock lock(mutex_);
    if (flight.previous != nullptr) flight.previous->next = flight.next;
    if (flight.next != nullptr) flight.next->previous = flight.previous;
    if (first_ == &flight) first_ = flight.next;
  }

 private:
  grpc_channel* const channel_;
  grpc_completion_queue* const queue_;
  Mutex mutex_;
  std::set<std::string> paths_ SAGA_GUARDED_BY(mutex_);
  CallInFlight* first_ SAGA_GUARDED_BY(mutex_) = nullptr;
};

grpc_call_error CallInFlight::Start(std::size_t metadata_entries) {
  std::array<grpc_op, 6> ops{};
  ops[0].op = GRPC_OP_SEND_INITIAL_METADATA;
  ops[0].data.send_initial_metadata.count = metadata_entries;
  ops[0].data.send_initial_metadata.metadata = metadata.data();
  ops[1].op = GRPC_OP_SEND_MESSAGE;
  ops[1].data.send_message.send_message = request;
  ops[2].op = GRPC_OP_SEND_CLOSE_FROM_CLIENT;
  ops[3].op = GRPC_OP_RECV_INITIAL_METADATA;
  ops[3].data.recv_initial_metadata.recv_initial_metadata = &headers;
  ops[4].op = GRPC_OP_RECV_MESSAGE;
  ops[4].data.recv_message.recv_message = &response;
  ops[5].op = GRPC_OP_RECV_STATUS_ON_CLIENT;
  ops[5].data.recv_status_on_client.trailing_metadata = &trailers;
  ops[5].data.recv_status_on_client.status = &code;
  ops[5].data.recv_status_on_client.status_details = &message;
  return grpc_call_start_batch(call, ops.data(), ops.size(), this, nullptr);
}

UnaryReply CallInFlight::Reply() const {
  UnaryReply reply{.code = CodeOf(code)};
  if (reply.code == StatusCode::kOk) {
    if (response != nullptr) {
      reply.body = Text(response);
      reply.accepted = SaysAccepted(headers) || SaysAccepted(trailers);
    } else {
      // A unary call that ends well has a message; without one nobody knows what was done.
      reply.code = StatusCode::kInternal;
      reply.message = "the answer says OK but carries no message";
    }
    return reply;
  }
  reply.message = View(message);
  for (std::size_t i = 0; i < trailers.count; ++i) {
    if (View(trailers.metadata[i].key) == kDetailsKey)
      reply.details = View(trailers.metadata[i].value);
  }
  return reply;
}

grpc_channel* NewChannel(const Endpoint& endpoint, const TlsTexts& tls) {
  grpc_channel_credentials* credentials = nullptr;
  if (endpoint.tls) {
    grpc_ssl_pem_key_cert_pair pair{tls.key.c_str(), tls.certificate.c_str()};
    credentials = grpc_ssl_credentials_create(tls.ca.empty() ? nullptr : tls.ca.c_str(),
                                              tls.key.empty() ? nullptr : &pair, nullptr, nullptr);
  } else {
    credentials = grpc_insecure_credentials_create();
  }
  const grpc::ChannelArguments settings = ChannelSettings();
  const grpc_channel_args args = settings.c_channel_args();
  grpc_channel* channel = grpc_channel_create(endpoint.target.c_str(), credentials, &args);
  grpc_channel_credentials_release(credentials);
  return channel;
}

}  // namespace

// One completion queue and the thread that drives it.
class GrpcTransport::Poller {
 public:
  Poller() : queue_(grpc_completion_queue_create_for_next(nullptr)), thread_([this] { Run(); }) {}
  ~Poller() {
    // The queue ends once every call on it has been answered.
    grpc_completion_queue_shutdown(queue_);
    thread_.join();
    grpc_completion_queue_destroy(queue_);
  }
  Poller(const Poller&) = delete;
  Poller& operator=(const Poller&) = delete;

  grpc_completion_queue* queue() const { return queue_; }

 private:
  void Run() {
    const gpr_timespec forever = gpr_inf_future(GPR_CLOCK_REALTIME);
    for (;;) {
      const grpc_event event = grpc_completion_queue_next(queue_, forever, nullptr);
      if (event.type == GRPC_QUEUE_SHUTDOWN) return;
      std::unique_ptr<CallInFlight> flight(static_cast<CallInFlight*>(event.tag));
      UnaryReply reply = flight->Reply();
      UnaryCall& user = *flight->user;
      flight->channel->Unlink(*flight);
      flight.reset();
      user.OnReply(std::move(reply));
    }
  }

  grpc_completion_queue* const queue_;
  std::thread thread_;
};

GrpcTransport::GrpcTransport(std::size_t pollers) {
  SAGA_CHECK(pollers > 0);
  grpc_init();
  for (std::size_t i = 0; i < pollers; ++i) pollers_.push_back(std::make_unique<Poller>());
}

GrpcTransport::~GrpcTransport() {
  pollers_.clear();
  grpc_shutdown();
}

Result<std::shared_ptr<Channel>> GrpcTransport::Open(const Endpoint& endpoint) {
  SAGA_RETURN_IF_ERROR(CheckTarget(endpoint.target));
  TlsTexts tls;
  if (endpoint.tls) {
    SAGA_ASSIGN_OR_RETURN(tls, ReadTlsFiles(endpoint.tls_files));
  }
  // In turn, so that a few participants share the threads evenly.
  std::size_t turn = 0;
  {
    const MutexLock lock(mutex_);
    turn = opened_++;
  }
  const Poller& poller = *pollers_[turn % pollers_.size()];
  return std::shared_ptr<Channel>(
      std::make_shared<GrpcChannel>(NewChannel(endpoint, tls), poller.queue()));
}

}  // namespace saga::participants

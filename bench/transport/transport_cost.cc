// What a call to a participant costs in CPU, in closed loop against saga-bench-worker:
//
//   saga-bench-worker --listen 127.0.0.1:PORT &
//   saga-bench-transport --target 127.0.0.1:PORT --server-pid $! --calls 200000 --in-flight 256
//
// Three ways, in one run: `caller` is all of participants::Caller, `transport` its transport alone,
// `grpc++` the generic stub of grpc++ with the same settings, which is what the transport's use of
// the C API is to be compared with.
#include <fmt/format.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/security/credentials.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iostream>
#include <memory>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "base/mutex.h"
#include "bench/v1/worker.pb.h"
#include "participants/caller.h"
#include "participants/channel_settings.h"
#include "participants/directory.h"
#include "participants/grpc_transport.h"
#include "participants/limits.h"
#include "store/memory_store.h"

namespace saga::bench {
namespace {

using participants::GrpcTransport;

constexpr const char* kMethod = "/bench.v1.Worker/Do";
constexpr std::chrono::seconds kTimeout{30};

struct Options {
  std::string target = "127.0.0.1:7099";
  int server_pid = 0;
  std::size_t calls = 100'000;
  std::size_t in_flight = 256;
};

std::string Body() {
  ::bench::v1::DoRequest request;
  request.set_id("0123456789abcdef0123456789abcdef");
  request.set_note(std::string(220, 'n'));
  return request.SerializeAsString();
}

// Keeps `in_flight` calls going until `calls` have ended. Threads: any.
class Loop {
 public:
  Loop(std::size_t calls, std::size_t in_flight, std::function<void()> send)
      : left_(calls), running_(in_flight), in_flight_(in_flight), send_(std::move(send)) {}

  void Run() {
    for (std::size_t i = 0; i < in_flight_; ++i) Next();
    mutex_.lock();
    ended_.wait(mutex_, [this] { return running_ == 0; });
    mutex_.unlock();
  }
  void Next() {
    {
      const MutexLock lock(mutex_);
      if (left_ == 0) {
        if (--running_ == 0) ended_.notify_all();
        return;
      }
      --left_;
    }
    send_();
  }

 private:
  Mutex mutex_;
  CondVar ended_;
  std::size_t left_;
  std::size_t running_;
  const std::size_t in_flight_;
  const std::function<void()> send_;
};

double OwnCpu() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double CpuOf(int pid) {
  std::ifstream stat(fmt::format("/proc/{}/stat", pid));
  std::string text((std::istreambuf_iterator<char>(stat)), {});
  if (text.empty()) return 0;
  std::istringstream rest(text.substr(text.rfind(')') + 2));
  std::string skipped;
  for (int i = 0; i < 11; ++i) rest >> skipped;
  double user = 0;
  double system = 0;
  rest >> user >> system;
  return (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

void Measure(const std::string& name, const Options& options,
             const std::function<void(std::size_t)>& run) {
  run(options.calls / 10);  // Connects and warms up.
  const double own = OwnCpu();
  const double server = CpuOf(options.server_pid);
  const auto began = std::chrono::steady_clock::now();
  run(options.calls);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  const auto calls = static_cast<double>(options.calls);
  fmt::print("{:<10} {:>9.0f} calls/s   client {:5.1f} us/call   server {:5.1f} us/call\n", name,
             calls / took.count(), (OwnCpu() - own) / calls * 1e6,
             (CpuOf(options.server_pid) - server) / calls * 1e6);
}

class FixedRequest final : public participants::CallCodec {
 public:
  Result<std::string> Build(const ParticipantCall&) const override { return body_; }
  AnswerRules::Reading Read(const ParticipantCall&, PayloadRef answer) const override {
    return {.output = std::move(answer), .failure = {}};
  }

 private:
  const std::string body_ = Body();
};

DefinitionRef OneStep() {
  Definition definition{.name_space = "default", .name = "bench", .version = 1};
  Step step{.id = "do"};
  step.action = {.participant = "worker", .method = "Do", .timeout = kTimeout};
  definition.steps.push_back(step);
  return Definition::Make(std::move(definition)).value();
}

bool RunCaller(const Options& options) {
  MemoryStore store;
  participants::ParticipantRegistry registry(store);
  GrpcTransport transport(participants::kPollers);
  participants::Caller caller(
      registry, transport,
      [](const ParticipantCall&,
         const participants::CallTypes&) -> Result<std::unique_ptr<const participants::CallCodec>> {
        return std::unique_ptr<const participants::CallCodec>(std::make_unique<FixedRequest>());
      },
      {});
  participants::Directory directory(registry, caller, {}, [] { return TimePoint(); });
  const auto registered = directory.Register(
      {.record = {.name_space = "default",
                  .name = "worker",
                  .target = options.target,
                  .max_in_flight = static_cast<std::uint32_t>(options.in_flight)}},
      {}, ParticipantDirectory::Mode::kRegister);
  if (!registered.ok()) {
    std::cerr << registered.status().ToString() << "\n";
    return false;
  }
  const ParticipantCall call{
      .saga = SagaId("default", "0190a3c1-7b1f-7d02-9c11-6f0a2b7e4d10"),
      .definition = OneStep(),
      .idempotency_key = "dev/default/0190a3c1-7b1f-7d02-9c11:do:action",
      .input = EmptyPayload(),
      .deadline = TimePoint(std::chrono::hours(24 * 365)),
      .traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"};
  Measure("caller", options, [&](std::size_t calls) {
    Loop* running = nullptr;
    Loop loop(calls, options.in_flight, [&] {
      caller.Call(call, ReplyPlace(
                            [&running](CallReplied&& reply) {
                              if (reply.outcome != CallOutcome::kSucceeded) {
                                std::cerr << reply.failure.message << "\n";
                                std::exit(1);
                              }
                              running->Next();
                            },
                            {}));
    });
    running = &loop;
    loop.Run();
  });
  return true;
}

// The metadata of a call, with the sizes that the caller's have.
std::vector<participants::MetadataEntry> Metadata() {
  return {{"idempotency-key", "dev/default/0190a3c1-7b1f-7d02-9c11:do:action"},
          {"saga-id", "0190a3c1-7b1f-7d02-9c11-6f0a2b7e4d10"},
          {"saga-step", "do"},
          {"saga-op", "action"},
          {"saga-attempt", "1"},
          {"saga-definition", "bench@1"},
          {"saga-rejectable", "1"},
          {"saga-deadline", "1971-01-01T00:00:00.000Z"},
          {"traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}};
}

struct OneCall final : participants::UnaryCall {
  explicit OneCall(std::function<void()> then) : done(std::move(then)) {}
  void OnReply(participants::UnaryReply reply) override {
    if (reply.code != StatusCode::kOk) {
      std::cerr << reply.message << "\n";
      std::exit(1);
    }
    done();
    delete this;
  }
  const std::function<void()> done;
};

void RunTransport(const Options& options) {
  GrpcTransport transport(participants::kPollers);
  const auto channel = transport.Open({.target = options.target}).value();
  const void* method = channel->Method(kMethod);
  const auto metadata = Metadata();
  Measure("transport", options, [&](std::size_t calls) {
    Loop* running = nullptr;
    Loop loop(calls, options.in_flight, [&] {
      auto* call = new OneCall([&running] { running->Next(); });
      const Status sent = channel->Submit({.method = method,
                                           .metadata = metadata,
                                           .body = Body(),
                                           .deadline = std::chrono::steady_clock::now() + kTimeout},
                                          *call);
      SAGA_CHECK(sent.ok());
    });
    running = &loop;
    loop.Run();
  });
}

// As users of grpc++ would write it.
void RunGrpcPlusPlus(const Options& options) {
  struct Pending {
    grpc::ClientContext context;
    grpc::ByteBuffer response;
    grpc::Status status;
    std::unique_ptr<grpc::GenericClientAsyncResponseReader> reader;
  };
  grpc::GenericStub stub(grpc::CreateCustomChannel(
      options.target, grpc::InsecureChannelCredentials(), participants::ChannelSettings()));
  grpc::CompletionQueue queue;
  const auto metadata = Metadata();
  Loop* running = nullptr;
  std::vector<std::thread> pollers;
  for (std::size_t i = 0; i < participants::kPollers; ++i) {
    pollers.emplace_back([&] {
      void* tag = nullptr;
      bool ok = false;
      while (queue.Next(&tag, &ok)) {
        const std::unique_ptr<Pending> pending(static_cast<Pending*>(tag));
        if (!pending->status.ok()) std::exit(1);
        grpc::Slice slice;
        std::string body;
        if (pending->response.DumpToSingleSlice(&slice).ok()) {
          body.assign(slice.begin(), slice.end());
        }
        running->Next();
      }
    });
  }
  Measure("grpc++", options, [&](std::size_t calls) {
    Loop loop(calls, options.in_flight, [&] {
      auto* pending = new Pending();
      for (const auto& entry : metadata) {
        pending->context.AddMetadata(std::string(entry.key), std::string(entry.value));
      }
      pending->context.set_deadline(std::chrono::system_clock::now() + kTimeout);
      const grpc::Slice slice(Body());
      pending->reader =
          stub.PrepareUnaryCall(&pending->context, kMethod, grpc::ByteBuffer(&slice, 1), &queue);
      pending->reader->StartCall();
      pending->reader->Finish(&pending->response, &pending->status, pending);
    });
    running = &loop;
    loop.Run();
  });
  queue.Shutdown();
  for (std::thread& poller : pollers) poller.join();
}

int Main(int argc, char** argv) {
  Options options;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = argv[i];
    if (name == "--target") options.target = argv[i + 1];
    if (name == "--server-pid") options.server_pid = std::atoi(argv[i + 1]);
    if (name == "--calls") options.calls = std::strtoull(argv[i + 1], nullptr, 10);
    if (name == "--in-flight") options.in_flight = std::strtoull(argv[i + 1], nullptr, 10);
  }
  for (int round = 0; round < 3; ++round) {
    if (!RunCaller(options)) return 1;
    RunTransport(options);
    RunGrpcPlusPlus(options);
  }
  return 0;
}

}  // namespace
}  // namespace saga::bench

int main(int argc, char** argv) { return saga::bench::Main(argc, argv); }

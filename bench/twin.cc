// The bare twin: takes the same StartSaga, makes the same three calls with the same bytes and
// metadata, commits the same number of turns to PostgreSQL in natural batches, and knows nothing of
// sagas. What sagad costs above it is saga logic.
//
//   saga-bench-twin --listen 127.0.0.1:PORT --worker 127.0.0.1:PORT --database CONNINFO
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <atomic>
#include <condition_variable>
#include <csignal>
#include <iostream>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "bench/v1/worker.pb.h"
#include "saga/v1/saga_service.grpc.pb.h"
#include "twin_journal.h"

namespace saga::bench {
namespace {

constexpr int kCalls = 3;

// One saga under way: after each commit, the next call; after the last, the answer.
struct Flight {
  std::string saga;
  std::string input;
  saga::v1::StartSagaResponse* response = nullptr;
  grpc::ServerUnaryReactor* reactor = nullptr;
  int calls_done = -1;  // -1: the start is to be committed.
  std::string history;

  grpc::ClientContext* context = nullptr;
  grpc::ByteBuffer answer;
  grpc::Status status;
  std::unique_ptr<grpc::ClientContext> owned_context;
  std::unique_ptr<grpc::GenericClientAsyncResponseReader> reader;
};

class Twin final : public saga::v1::SagaService::CallbackService {
 public:
  Twin(const std::string& worker, const std::string& database) : journal_(database) {
    grpc::ChannelArguments arguments;
    arguments.SetInt("grpc.enable_http_proxy", 0);
    arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
    stub_ = std::make_unique<grpc::GenericStub>(
        grpc::CreateCustomChannel(worker, grpc::InsecureChannelCredentials(), arguments));
    writer_ = std::thread([this] { Write(); });
    poller_ = std::thread([this] { PollCalls(); });
  }

  void Stop() {
    {
      std::lock_guard lock(mutex_);
      stopping_ = true;
      wake_.notify_all();
    }
    writer_.join();
    calls_.Shutdown();
    poller_.join();
  }

  grpc::ServerUnaryReactor* StartSaga(grpc::CallbackServerContext* context,
                                      const saga::v1::StartSagaRequest* request,
                                      saga::v1::StartSagaResponse* response) override {
    auto* flight = new Flight{.saga = request->saga_id(), .input = request->input().protobuf()};
    flight->response = response;
    flight->reactor = context->DefaultReactor();
    Enqueue(flight);
    return flight->reactor;
  }

 private:
  void Enqueue(Flight* flight) {
    std::lock_guard lock(mutex_);
    queue_.push_back(flight);
    if (queue_.size() == 1) wake_.notify_one();
  }

  // While one batch commits the next one gathers.
  void Write() {
    while (true) {
      std::vector<Flight*> turn;
      {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
        if (queue_.empty()) return;
        turn.swap(queue_);
      }
      std::vector<TwinEntry> batch;
      batch.reserve(turn.size());
      for (Flight* flight : turn) batch.push_back(EntryOf(*flight));
      journal_.Append(batch);
      for (Flight* flight : turn) Advance(flight);
    }
  }

  static TwinEntry EntryOf(Flight& flight) {
    TwinEntry entry{.saga = flight.saga};
    entry.start = flight.calls_done < 0;
    entry.end = flight.calls_done == kCalls;
    // The start holds the input and about 150 bytes more; a step's success about 80 bytes and its
    // answer.
    entry.record = entry.start ? flight.input + std::string(150, 's') : std::string(120, 'r');
    flight.history += entry.record;
    if (entry.end) entry.history = flight.history;
    return entry;
  }

  void Advance(Flight* flight) {
    if (flight->calls_done == kCalls) {
      auto* saga = flight->response->mutable_saga();
      saga->set_name("namespaces/default/sagas/" + flight->saga);
      saga->set_definition_version("namespaces/default/definitions/bench/versions/1");
      saga->set_state(saga::v1::Saga::STATE_SUCCEEDED);
      saga->set_etag("r5");
      flight->reactor->Finish(grpc::Status::OK);
      delete flight;
      return;
    }
    if (flight->calls_done < 0) flight->calls_done = 0;
    Call(flight);
  }

  void Call(Flight* flight) {
    ::bench::v1::Order order;
    order.ParseFromString(flight->input);
    ::bench::v1::DoRequest request;
    request.set_id(order.id());
    request.set_note(order.note());
    const std::string bytes = request.SerializeAsString();
    flight->owned_context = std::make_unique<grpc::ClientContext>();
    auto& context = *flight->owned_context;
    const std::string step = "step" + std::to_string(flight->calls_done + 1);
    context.AddMetadata("idempotency-key", "dev/default/" + flight->saga + ":" + step + ":action");
    context.AddMetadata("saga-id", flight->saga);
    context.AddMetadata("saga-step", step);
    context.AddMetadata("saga-op", "action");
    context.AddMetadata("saga-attempt", "1");
    context.AddMetadata("saga-definition", "bench@1");
    context.AddMetadata("saga-deadline", "2026-01-31T14:02:13.120Z");
    context.AddMetadata("saga-rejectable", "1");
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(5));
    const grpc::Slice slice(bytes);
    const grpc::ByteBuffer buffer(&slice, 1);
    flight->reader = stub_->PrepareUnaryCall(&context, "/bench.v1.Worker/Do", buffer, &calls_);
    flight->reader->StartCall();
    flight->reader->Finish(&flight->answer, &flight->status, flight);
  }

  void PollCalls() {
    void* tag = nullptr;
    bool ok = false;
    while (calls_.Next(&tag, &ok)) {
      auto* flight = static_cast<Flight*>(tag);
      if (!flight->status.ok()) {
        flight->reactor->Finish(flight->status);
        delete flight;
        continue;
      }
      ++flight->calls_done;
      Enqueue(flight);
    }
  }

  TwinJournal journal_;
  std::unique_ptr<grpc::GenericStub> stub_;
  grpc::CompletionQueue calls_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Flight*> queue_;
  bool stopping_ = false;
  std::thread writer_;
  std::thread poller_;
};

int Run(int argc, char** argv) {
  std::string listen = "127.0.0.1:0";
  std::string worker;
  std::string database;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string flag = argv[i];
    if (flag == "--listen") listen = argv[i + 1];
    if (flag == "--worker") worker = argv[i + 1];
    if (flag == "--database") database = argv[i + 1];
  }
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  Twin twin(worker, database);
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddChannelArgument("grpc.so_reuseport", 0);
  builder.AddListeningPort(listen, grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&twin);
  auto server = builder.BuildAndStart();
  if (server == nullptr || port == 0) {
    std::cerr << "saga-bench-twin: cannot listen on " << listen << "\n";
    return 1;
  }
  std::cout << "listening on port " << port << std::endl;
  int signal = 0;
  sigwait(&signals, &signal);
  server->Shutdown(std::chrono::system_clock::now() + std::chrono::milliseconds(200));
  twin.Stop();
  return 0;
}

}  // namespace
}  // namespace saga::bench

int main(int argc, char** argv) { return saga::bench::Run(argc, argv); }

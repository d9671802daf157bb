// A trivial participant: saga-bench-worker --listen 127.0.0.1:PORT. Answers at once, so that what
// is measured is the orchestrator.
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>

#include <csignal>
#include <iostream>
#include <string>
#include <thread>

#include "bench/v1/worker.grpc.pb.h"

namespace {

class Worker final : public bench::v1::Worker::CallbackService {
 public:
  grpc::ServerUnaryReactor* Do(grpc::CallbackServerContext* context,
                               const bench::v1::DoRequest* request,
                               bench::v1::DoResponse* response) override {
    return Answer(context, request, response);
  }
  grpc::ServerUnaryReactor* Undo(grpc::CallbackServerContext* context,
                                 const bench::v1::DoRequest* request,
                                 bench::v1::DoResponse* response) override {
    return Answer(context, request, response);
  }

 private:
  static grpc::ServerUnaryReactor* Answer(grpc::CallbackServerContext* context,
                                          const bench::v1::DoRequest* request,
                                          bench::v1::DoResponse* response) {
    response->set_receipt("receipt-" + request->id());
    auto* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
};

}  // namespace

int main(int argc, char** argv) {
  std::string listen = "127.0.0.1:0";
  for (int i = 1; i + 1 < argc; i += 2) {
    if (std::string(argv[i]) == "--listen") listen = argv[i + 1];
  }
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  Worker worker;
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddChannelArgument("grpc.so_reuseport", 0);
  builder.AddListeningPort(listen, grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&worker);
  auto server = builder.BuildAndStart();
  if (server == nullptr || port == 0) {
    std::cerr << "saga-bench-worker: cannot listen on " << listen << "\n";
    return 1;
  }
  std::cout << "listening on port " << port << std::endl;
  int signal = 0;
  sigwait(&signals, &signal);
  server->Shutdown(std::chrono::system_clock::now() + std::chrono::milliseconds(200));
  return 0;
}

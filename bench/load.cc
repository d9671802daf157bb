// Starts sagas in a closed loop and measures from the start to the end of each.
//
//   saga-bench-load --server 127.0.0.1:7070 --definition bench --concurrency 64 --sagas 5000
//   [--warmup 500] [--prefix x]
//
// Prints one line: sagas per second, p50 and p99 in milliseconds, and the CPU time of this process
// per saga.
#include <grpcpp/grpcpp.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <iostream>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "bench/v1/worker.pb.h"
#include "saga/v1/saga_service.grpc.pb.h"

namespace {

using Clock = std::chrono::steady_clock;

struct Options {
  std::string server = "127.0.0.1:7070";
  std::string definition = "bench";
  std::string prefix = "bench";
  int concurrency = 64;
  int sagas = 5000;
  int warmup = 500;
};

Options Parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string flag = argv[i];
    const std::string value = argv[i + 1];
    if (flag == "--server")
      options.server = value;
    else if (flag == "--definition")
      options.definition = value;
    else if (flag == "--prefix")
      options.prefix = value;
    else if (flag == "--concurrency")
      options.concurrency = std::stoi(value);
    else if (flag == "--sagas")
      options.sagas = std::stoi(value);
    else if (flag == "--warmup")
      options.warmup = std::stoi(value);
    else {
      std::cerr << "saga-bench-load: unknown flag " << flag << "\n";
      std::exit(2);
    }
  }
  return options;
}

double CpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// `total` sagas with at most `concurrency` at once.
class Loop {
 public:
  Loop(saga::v1::SagaService::Stub& stub, const Options& options, int first, int total)
      : stub_(stub), options_(options), next_(first), end_(first + total) {
    latencies_.reserve(static_cast<std::size_t>(total));
  }

  void Run() {
    const int lanes = std::min(options_.concurrency, end_ - next_.load());
    open_ = lanes;
    for (int i = 0; i < lanes; ++i) StartNext(std::make_shared<Lane>());
    std::unique_lock lock(mutex_);
    done_.wait(lock, [this] { return open_ == 0; });
  }

  std::vector<double>& latencies() { return latencies_; }
  int failures() const { return failures_; }
  const std::string& failure() const { return failure_; }

 private:
  struct Lane {
    std::unique_ptr<grpc::ClientContext> context;
    saga::v1::StartSagaRequest request;
    saga::v1::StartSagaResponse response;
    Clock::time_point begin;
  };

  void StartNext(std::shared_ptr<Lane> lane) {
    const int number = next_.fetch_add(1);
    if (number >= end_) {
      std::lock_guard lock(mutex_);
      if (--open_ == 0) done_.notify_all();
      return;
    }
    lane->context = std::make_unique<grpc::ClientContext>();
    lane->context->set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
    lane->request.Clear();
    lane->response.Clear();
    lane->request.set_saga_id(options_.prefix + "-" + std::to_string(number));
    lane->request.set_definition(options_.definition);
    bench::v1::Order order;
    order.set_id(lane->request.saga_id());
    order.set_note(std::string(200, 'n'));
    lane->request.mutable_input()->set_type("bench.v1.Order");
    lane->request.mutable_input()->set_protobuf(order.SerializeAsString());
    lane->request.set_wait_until(saga::v1::WAIT_UNTIL_END);
    lane->begin = Clock::now();
    stub_.async()->StartSaga(lane->context.get(), &lane->request, &lane->response,
                             [this, lane](const grpc::Status& status) { OnDone(lane, status); });
  }

  void OnDone(const std::shared_ptr<Lane>& lane, const grpc::Status& status) {
    const double ms = std::chrono::duration<double, std::milli>(Clock::now() - lane->begin).count();
    {
      std::lock_guard lock(mutex_);
      const bool succeeded =
          status.ok() && lane->response.saga().state() == saga::v1::Saga::STATE_SUCCEEDED;
      if (succeeded) {
        latencies_.push_back(ms);
      } else if (failures_++ == 0) {
        failure_ = status.ok()
                       ? "saga ended in state " + std::to_string(lane->response.saga().state())
                       : status.error_message();
      }
    }
    StartNext(lane);
  }

  saga::v1::SagaService::Stub& stub_;
  const Options& options_;
  std::atomic<int> next_;
  const int end_;
  std::mutex mutex_;
  std::condition_variable done_;
  std::vector<double> latencies_;
  std::string failure_;
  int failures_ = 0;
  int open_ = 0;
};

double Quantile(const std::vector<double>& sorted, double q) {
  if (sorted.empty()) return 0;
  return sorted[std::min(sorted.size() - 1,
                         static_cast<std::size_t>(q * static_cast<double>(sorted.size())))];
}

}  // namespace

int main(int argc, char** argv) {
  const Options options = Parse(argc, argv);
  grpc::ChannelArguments arguments;
  arguments.SetInt("grpc.enable_http_proxy", 0);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  const auto stub = saga::v1::SagaService::NewStub(
      grpc::CreateCustomChannel(options.server, grpc::InsecureChannelCredentials(), arguments));

  Loop warmup(*stub, options, 0, options.warmup);
  if (options.warmup > 0) warmup.Run();
  // The parent reads the other processes' CPU times between these two lines.
  std::cout << "begin" << std::endl;
  std::string go;
  std::getline(std::cin, go);
  const double cpu_before = CpuSeconds();
  const auto begin = Clock::now();
  Loop loop(*stub, options, options.warmup, options.sagas);
  loop.Run();
  const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  const double cpu = CpuSeconds() - cpu_before;
  auto& latencies = loop.latencies();
  std::sort(latencies.begin(), latencies.end());
  std::printf("end %.1f %.3f %.3f %.3f %.1f %d\n", static_cast<double>(latencies.size()) / seconds,
              Quantile(latencies, 0.5), Quantile(latencies, 0.99), seconds,
              cpu * 1e6 / std::max<double>(1, options.sagas), loop.failures());
  std::fflush(stdout);
  if (loop.failures() > 0)
    std::cerr << "saga-bench-load: " << loop.failures() << " failed, first: " << loop.failure()
              << "\n";
  return loop.failures() > 0 ? 1 : 0;
}

#include "participants/demo/load/starter.h"

#include <fmt/format.h>
#include <grpcpp/client_context.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <thread>
#include <utility>

#include "base/mutex.h"

namespace saga::demo {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kPause{50};  // Before a start is repeated.

// The outcome is not known, or the server says: later.
bool MayPass(grpc::StatusCode code) {
  constexpr grpc::StatusCode kPassing[] = {grpc::StatusCode::UNAVAILABLE,
                                           grpc::StatusCode::DEADLINE_EXCEEDED,
                                           grpc::StatusCode::RESOURCE_EXHAUSTED,
                                           grpc::StatusCode::ABORTED,
                                           grpc::StatusCode::CANCELLED,
                                           grpc::StatusCode::UNKNOWN,
                                           grpc::StatusCode::INTERNAL};
  return std::find(std::begin(kPassing), std::end(kPassing), code) != std::end(kPassing);
}

class Run {
 public:
  Run(saga::v1::SagaService::StubInterface& stub, const StartOptions& options)
      : stub_(stub), options_(options) {}

  Status OpenFile() {
    if (options_.acknowledged_file.empty()) return Status::Ok();
    const MutexLock lock(mutex_);
    file_.open(options_.acknowledged_file, std::ios::app);
    if (file_) return Status::Ok();
    return InvalidField("acknowledged",
                        fmt::format("cannot write '{}'", options_.acknowledged_file.string()));
  }

  StartSummary Execute() {
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < options_.concurrency; ++i) {
      threads.emplace_back([this] { StartUntilDone(); });
    }
    for (std::thread& thread : threads) thread.join();
    MutexLock lock(mutex_);
    return std::move(summary_);
  }

 private:
  void StartUntilDone() {
    while (true) {
      const std::int64_t number = ++last_;
      if (number > options_.sagas) return;
      if (options_.per_second > 0) {
        const std::chrono::duration<double> due(static_cast<double>(number - 1) /
                                                options_.per_second);
        std::this_thread::sleep_until(began_ + std::chrono::duration_cast<Clock::duration>(due));
      }
      StartOne(number);
    }
  }

  Order OrderFor(std::int64_t number, const std::string& id) const {
    if (options_.flow != nullptr) return options_.flow->order(number, id, options_.article);
    return {"shop.order.v1.PlaceOrder",
            OrderOf(FateOf(options_.mix, number), number, id).SerializeAsString()};
  }

  void StartOne(std::int64_t number) {
    const std::string id = fmt::format("{}-{}", options_.prefix, number);
    saga::v1::StartSagaRequest request;
    request.set_saga_id(id);
    request.set_definition(options_.definition);
    const Order order = OrderFor(number, id);
    request.mutable_input()->set_type(order.type);
    request.mutable_input()->set_protobuf(order.bytes);
    const Clock::time_point began = Clock::now();
    for (std::int64_t repeats = 0;; ++repeats) {
      grpc::ClientContext context;
      context.set_deadline(std::chrono::system_clock::now() + options_.call_timeout);
      saga::v1::StartSagaResponse response;
      const grpc::Status status = stub_.StartSaga(&context, request, &response);
      if (status.ok()) return Acknowledge(id, Clock::now() - began, repeats);
      if (!MayPass(status.error_code()) || Clock::now() - began > options_.give_up) {
        return Refuse(id, status, repeats);
      }
      std::this_thread::sleep_for(kPause);
    }
  }

  void Acknowledge(const std::string& id, Clock::duration time, std::int64_t repeats) {
    MutexLock lock(mutex_);
    if (file_.is_open()) file_ << id << std::endl;
    summary_.acknowledged.push_back(id);
    summary_.times.push_back(std::chrono::duration_cast<std::chrono::microseconds>(time));
    summary_.repeats += repeats;
  }

  void Refuse(const std::string& id, const grpc::Status& status, std::int64_t repeats) {
    MutexLock lock(mutex_);
    summary_.refused.push_back(fmt::format("{}: {}", id, status.error_message()));
    summary_.repeats += repeats;
  }

  saga::v1::SagaService::StubInterface& stub_;
  const StartOptions& options_;
  const Clock::time_point began_ = Clock::now();
  std::atomic<std::int64_t> last_ = 0;
  Mutex mutex_;
  std::ofstream file_ SAGA_GUARDED_BY(mutex_);
  StartSummary summary_ SAGA_GUARDED_BY(mutex_);
};

}  // namespace

Result<StartSummary> StartSagas(saga::v1::SagaService::StubInterface& stub,
                                const StartOptions& options) {
  Run run(stub, options);
  SAGA_RETURN_IF_ERROR(run.OpenFile());
  return run.Execute();
}

}  // namespace saga::demo

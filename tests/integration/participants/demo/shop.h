// The demo shop in the test's own process, and calls to it as sagad makes them.
#pragma once

#include <fmt/format.h>
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

#include "participants/demo/participant.h"
#include "shop/order/v1/orders.grpc.pb.h"
#include "shop/pay/v1/payments.grpc.pb.h"
#include "shop/ship/v1/shipping.grpc.pb.h"
#include "shop/stock/v1/inventory.grpc.pb.h"

namespace saga::demo {

// How a test makes one call.
struct CallOptions {
  std::string saga = "ord-1";
  std::string step = "step";
  std::string operation = "action";
  int attempt = 1;
  const char* rejectable = "1";
  std::chrono::milliseconds deadline{10'000};
  const char* task_token = "";  // Of an async step.
};

// Fills a context as sagad does.
void Prepare(grpc::ClientContext& context, const CallOptions& options);

// The reason of ErrorInfo in the details of a status; empty = none.
std::string ReasonOf(const grpc::Status& status);

// One running service with a database of its own and a faults file.
class Shop final {
 public:
  // Outcomes are reported to `sagad`; nobody answers where the default points.
  explicit Shop(const char* service, const std::string& conninfo = "",
                const std::string& sagad = "127.0.0.1:1");
  ~Shop();
  Shop(const Shop&) = delete;
  Shop& operator=(const Shop&) = delete;

  // Tells the service its faults, and waits until it knows.
  void SetFaults(const std::string& text);
  const std::string& conninfo() const { return conninfo_; }
  std::shared_ptr<grpc::Channel> channel() const { return channel_; }
  void Stop() { participant_->Stop(); }
  // The single value of a query in the service's database.
  std::string Value(const std::string& sql) const;

 private:
  std::filesystem::path folder_;
  std::string conninfo_;
  std::unique_ptr<Participant> participant_;
  std::shared_ptr<grpc::Channel> channel_;
};

}  // namespace saga::demo

// A real gRPC server in the test's process, whose requests say how it is to behave.
#pragma once

#include <grpcpp/grpcpp.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/mutex.h"

namespace saga::test {

// Which version of server reflection it offers.
enum class Reflection { kV1, kV1Alpha };

struct TestServerOptions {
  Reflection reflection = Reflection::kV1Alpha;
  int port = 0;                                          // 0 = any.
  std::shared_ptr<grpc::ServerCredentials> credentials;  // Null = no TLS.
};

// What arrived with a call.
using SeenMetadata = std::multimap<std::string, std::string>;

// Serves test.stock.v1.Stock and grpc.health.v1.
//
// Threads:   any; calls are answered on gRPC's own threads, thousands at a time.
// Promises:  ready when constructed. The destructor ends it at once, with the calls in flight.
class TestServer final {
 public:
  explicit TestServer(TestServerOptions options = {});
  ~TestServer();
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

  int port() const { return port_; }
  std::string target() const;

  // Questions answered by reflection v1.
  int reflection_v1_questions() const;
  int calls_seen() const;
  int most_at_once() const;
  SeenMetadata last_metadata() const;

  // Calls of an operation, by its saga-step and saga-op as "hold/confirm".
  int calls_of(const std::string& saga, const std::string& operation) const;
  // The task token of the last of them; empty when there was none.
  std::string token_of(const std::string& saga, const std::string& operation) const;
  // From now on calls of this operation behave so, whatever their requests say.
  void Behave(const std::string& operation, const std::string& behaviour);

 private:
  class Service;
  class ReflectionV1;

  std::unique_ptr<Service> service_;
  std::unique_ptr<ReflectionV1> reflection_;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
};

}  // namespace saga::test

// A real Kafka broker for tests.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "support/process.h"

namespace saga::test {

// One broker in KRaft mode, started by deploy/kafka/broker.sh; or the one that the environment
// variable SAGA_TEST_KAFKA names (host:port), which tests must not stop.
//
// Threads:   one.
// Owns:      the broker process and its folder, unless it was given; the destructor ends both.
// Promises:  records survive Stop(), KillHard() and Start(), and the port stays the same.
// Limits:    needs the broker's jars, which `./saga test` fetches; SAGA_TEST_KAFKA=none says that
//            there are none. Failures throw std::runtime_error.
class RealKafka final {
 public:
  RealKafka();
  ~RealKafka();
  RealKafka(const RealKafka&) = delete;
  RealKafka& operator=(const RealKafka&) = delete;

  // False with SAGA_TEST_KAFKA=none (`./saga test --without-kafka`): skip, and say so.
  static bool IsAvailable();
  // False for a broker that was given: it cannot be stopped and started.
  bool IsOwn() const { return !folder_.empty(); }

  // host:port.
  const std::string& address() const { return address_; }
  void CreateTopic(const std::string& name, int partitions) const;

  // Requires: IsOwn().
  void Start();  // Waits until the broker is ready.
  void Stop();   // SIGTERM.
  void KillHard();
  void Freeze();
  void Thaw();

 private:
  std::string address_;
  int port_ = 0;
  std::filesystem::path folder_;
  std::unique_ptr<ChildProcess> broker_;
};

}  // namespace saga::test

// A development broker: librdkafka's mock cluster, which speaks the real protocol to other
// processes.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace saga::events {

// A topic that is made at the start: the mock cluster has no CreateTopics request.
struct MockTopic {
  std::string name;
  int partitions = 1;

  bool operator==(const MockTopic&) const = default;
};

// "name:partitions,name:partitions" as the command line gives it; ":1" may be left out.
Result<std::vector<MockTopic>> ParseMockTopics(std::string_view text);

// One mock broker on a port that the kernel chooses.
//
// Threads:   one; the broker answers on a thread of librdkafka's.
// Owns:      the cluster; it and all records end with the object.
// Limits:    records are in memory, at most 5 MiB a partition (the oldest go first). No
// CreateTopics,
//            no transactions.
class MockKafka final {
 public:
  static Result<std::unique_ptr<MockKafka>> Start(const std::vector<MockTopic>& topics);
  ~MockKafka();
  MockKafka(const MockKafka&) = delete;
  MockKafka& operator=(const MockKafka&) = delete;

  // host:port for clients.
  const std::string& address() const;

 private:
  class Handles;
  explicit MockKafka(std::unique_ptr<Handles> handles);

  std::unique_ptr<Handles> handles_;
};

}  // namespace saga::events

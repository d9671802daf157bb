#include "events/mock_kafka/mock_kafka.h"

#include <fmt/format.h>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <array>
#include <charconv>
#include <utility>

namespace saga::events {
namespace {

constexpr int kBrokers = 1;
constexpr int kPartitionsMax = 64;  // Per topic. More would only cost a developer memory.

Result<MockTopic> ParseMockTopic(std::string_view text) {
  const std::size_t colon = text.find(':');
  MockTopic topic{.name = std::string(text.substr(0, colon))};
  if (colon != std::string_view::npos) {
    const std::string_view number = text.substr(colon + 1);
    const auto [end, error] =
        std::from_chars(number.data(), number.data() + number.size(), topic.partitions);
    if (error != std::errc() || end != number.data() + number.size()) topic.partitions = 0;
  }
  if (topic.name.empty() || topic.partitions < 1 || topic.partitions > kPartitionsMax) {
    return InvalidField("topics", fmt::format("'{}' is not NAME or NAME:PARTITIONS (1 to {})", text,
                                              kPartitionsMax));
  }
  return topic;
}

}  // namespace

Result<std::vector<MockTopic>> ParseMockTopics(std::string_view text) {
  std::vector<MockTopic> topics;
  while (true) {
    const std::size_t comma = text.find(',');
    SAGA_ASSIGN_OR_RETURN(MockTopic topic, ParseMockTopic(text.substr(0, comma)));
    topics.push_back(std::move(topic));
    if (comma == std::string_view::npos) return topics;
    text.remove_prefix(comma + 1);
  }
}

// librdkafka hangs its mock cluster on a client handle.
class MockKafka::Handles final {
 public:
  ~Handles() {
    if (cluster != nullptr) rd_kafka_mock_cluster_destroy(cluster);
    if (client != nullptr) rd_kafka_destroy(client);
  }

  rd_kafka_t* client = nullptr;
  rd_kafka_mock_cluster_t* cluster = nullptr;
  std::string address;
};

MockKafka::MockKafka(std::unique_ptr<Handles> handles) : handles_(std::move(handles)) {}

MockKafka::~MockKafka() = default;

const std::string& MockKafka::address() const { return handles_->address; }

Result<std::unique_ptr<MockKafka>> MockKafka::Start(const std::vector<MockTopic>& topics) {
  auto handles = std::make_unique<Handles>();
  std::array<char, 512> error{};
  handles->client =
      rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), error.data(), error.size());
  if (handles->client == nullptr) return InternalError(error.data());
  handles->cluster = rd_kafka_mock_cluster_new(handles->client, kBrokers);
  if (handles->cluster == nullptr) return InternalError("the mock cluster cannot be made");
  for (const MockTopic& topic : topics) {
    const rd_kafka_resp_err_t code = rd_kafka_mock_topic_create(
        handles->cluster, topic.name.c_str(), topic.partitions, kBrokers);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return InternalError(fmt::format("topic '{}': {}", topic.name, rd_kafka_err2str(code)));
    }
  }
  handles->address = rd_kafka_mock_cluster_bootstraps(handles->cluster);
  return std::unique_ptr<MockKafka>(new MockKafka(std::move(handles)));
}

}  // namespace saga::events

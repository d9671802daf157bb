#include "support/kafka.h"

#include <fmt/format.h>
#include <librdkafka/rdkafka.h>

#include <array>
#include <cstdlib>
#include <stdexcept>
#include <string_view>

#include "support/wait.h"

namespace saga::test {
namespace {

constexpr std::chrono::seconds kStartLimit{60};
constexpr std::chrono::seconds kStopLimit{30};
constexpr std::chrono::milliseconds kRequestLimit{30'000};

// Tests run in the root of the checkout (saga_test).
constexpr std::string_view kBrokerScript = "deploy/kafka/broker.sh";

std::string GivenBroker() {
  const char* given = std::getenv("SAGA_TEST_KAFKA");
  return given == nullptr ? "" : given;
}

struct RdKafkaDeleter {
  void operator()(rd_kafka_t* handle) const { rd_kafka_destroy(handle); }
  void operator()(rd_kafka_NewTopic_t* topic) const { rd_kafka_NewTopic_destroy(topic); }
  void operator()(rd_kafka_queue_t* queue) const { rd_kafka_queue_destroy(queue); }
  void operator()(rd_kafka_event_t* event) const { rd_kafka_event_destroy(event); }
};
template <typename T>
using Handle = std::unique_ptr<T, RdKafkaDeleter>;

Handle<rd_kafka_t> MakeClient(const std::string& address) {
  std::array<char, 512> error{};
  rd_kafka_conf_t* configuration = rd_kafka_conf_new();
  rd_kafka_conf_set(configuration, "bootstrap.servers", address.c_str(), error.data(),
                    error.size());
  rd_kafka_conf_set(configuration, "log_level", "0", error.data(), error.size());
  Handle<rd_kafka_t> client(
      rd_kafka_new(RD_KAFKA_PRODUCER, configuration, error.data(), error.size()));
  if (client == nullptr) throw std::runtime_error(error.data());
  return client;
}

// What the broker said about the topic; empty = created.
std::string ErrorOfCreation(rd_kafka_event_t* answer) {
  if (answer == nullptr) return "no answer";
  if (rd_kafka_event_error(answer) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return rd_kafka_event_error_string(answer);
  }
  std::size_t count = 0;
  const rd_kafka_topic_result_t** topics =
      rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(answer), &count);
  const rd_kafka_resp_err_t code = rd_kafka_topic_result_error(topics[0]);
  return code == RD_KAFKA_RESP_ERR_NO_ERROR ? "" : rd_kafka_err2str(code);
}

}  // namespace

RealKafka::RealKafka() : address_(GivenBroker()) {
  if (!address_.empty()) return;
  port_ = FreePort();
  address_ = fmt::format("127.0.0.1:{}", port_);
  folder_ = MakeTempFolder("sagakafka");
  Start();
}

RealKafka::~RealKafka() {
  broker_.reset();
  std::error_code ignored;
  if (IsOwn()) std::filesystem::remove_all(folder_, ignored);
}

bool RealKafka::IsAvailable() { return GivenBroker() != "none"; }

void RealKafka::CreateTopic(const std::string& name, int partitions) const {
  const Handle<rd_kafka_t> client = MakeClient(address_);
  const Handle<rd_kafka_queue_t> queue(rd_kafka_queue_new(client.get()));
  std::array<char, 512> error{};
  const Handle<rd_kafka_NewTopic_t> topic(
      rd_kafka_NewTopic_new(name.c_str(), partitions, 1, error.data(), error.size()));
  if (topic == nullptr) throw std::runtime_error(error.data());
  rd_kafka_NewTopic_t* topics = topic.get();
  rd_kafka_CreateTopics(client.get(), &topics, 1, nullptr, queue.get());
  const Handle<rd_kafka_event_t> answer(
      rd_kafka_queue_poll(queue.get(), static_cast<int>(kRequestLimit.count())));
  const std::string failure = ErrorOfCreation(answer.get());
  if (!failure.empty()) throw std::runtime_error(fmt::format("topic '{}': {}", name, failure));
}

void RealKafka::Start() {
  broker_ = std::make_unique<ChildProcess>(ProcessOptions{
      .argv = {std::string(kBrokerScript), "run", folder_.string(), std::to_string(port_)}});
  const bool ready =
      WaitUntil(kStartLimit, [this] { return !broker_->IsRunning() || PortAnswers(port_); });
  if (!ready || !broker_->IsRunning()) {
    throw std::runtime_error("Kafka did not start:\n" + broker_->Output());
  }
}

void RealKafka::Stop() {
  if (!broker_->Terminate(kStopLimit).has_value()) {
    throw std::runtime_error("Kafka did not stop:\n" + broker_->Output());
  }
}

void RealKafka::KillHard() { broker_->KillHard(); }

void RealKafka::Freeze() { broker_->Freeze(); }

void RealKafka::Thaw() { broker_->Thaw(); }

}  // namespace saga::test

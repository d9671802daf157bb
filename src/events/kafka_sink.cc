#include "events/kafka_sink.h"

#include <fmt/format.h>
#include <librdkafka/rdkafka.h>
#include <spdlog/spdlog.h>

#include <array>
#include <utility>

#include "events/limits.h"

namespace saga {
namespace {

constexpr std::chrono::milliseconds kDestroyFlush{200};

struct Setting {
  const char* name;
  std::string value;
};

Status Configure(rd_kafka_conf_t* conf, const std::vector<Setting>& settings) {
  std::array<char, 256> error{};
  for (const Setting& setting : settings) {
    if (rd_kafka_conf_set(conf, setting.name, setting.value.c_str(), error.data(), error.size()) !=
        RD_KAFKA_CONF_OK) {
      return InvalidField("kafka", fmt::format("{}: {}", setting.name, error.data()));
    }
  }
  return Status::Ok();
}

std::vector<Setting> SettingsOf(const KafkaOptions& options) {
  return {
      {"bootstrap.servers", options.brokers},
      {"client.id", options.client_id},
      {"enable.idempotence", "true"},
      {"acks", "all"},
      // The default of 5 minutes would drop messages silently and leave gaps in the sequence of a
      // saga.
      {"message.timeout.ms", "0"},
      // As Java clients choose it; librdkafka's default would send the same key elsewhere.
      {"partitioner", "murmur2_random"},
      {"queue.buffering.max.messages", std::to_string(kEventsInFlightMax * 4)},
      {"linger.ms", "5"},
      {"message.max.bytes", std::to_string(kEventBytesMax)},
      {"compression.codec", "lz4"},
      // The default of 10 s would make every recovery that slow.
      {"reconnect.backoff.max.ms", "1000"},
      {"topic.metadata.refresh.interval.ms", "30000"},
      {"log.connection.close", "false"},
  };
}

void OnLog(const rd_kafka_t*, int level, const char* facility, const char* text) {
  if (level <= 3) {
    spdlog::warn("kafka {} {}", facility, text);
  } else {
    spdlog::debug("kafka {} {}", facility, text);
  }
}

// Those of `topics` that the broker does not have; all of them when it does not answer.
std::vector<std::string> MissingTopics(rd_kafka_t* handle, std::vector<std::string> topics,
                                       int timeout_ms) {
  const rd_kafka_metadata_t* metadata = nullptr;
  if (rd_kafka_metadata(handle, 1, nullptr, &metadata, timeout_ms) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return topics;
  }
  for (int i = 0; i < metadata->topic_cnt; ++i) {
    std::erase(topics, std::string_view(metadata->topics[i].topic));
  }
  rd_kafka_metadata_destroy(metadata);
  return topics;
}

}  // namespace

struct KafkaSink::Producer {
  rd_kafka_t* handle = nullptr;
  std::vector<Delivery> deliveries;

  ~Producer() {
    if (handle == nullptr) return;
    rd_kafka_purge(handle, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    rd_kafka_flush(handle, static_cast<int>(kDestroyFlush.count()));
    rd_kafka_destroy(handle);
  }

  static void OnDelivery(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque) {
    auto* producer = static_cast<Producer*>(opaque);
    const auto ticket =
        static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(message->_private));
    const bool acknowledged = message->err == RD_KAFKA_RESP_ERR_NO_ERROR;
    if (!acknowledged && message->err != RD_KAFKA_RESP_ERR__PURGE_QUEUE &&
        message->err != RD_KAFKA_RESP_ERR__PURGE_INFLIGHT) {
      spdlog::warn("kafka delivery failed: {}", rd_kafka_err2str(message->err));
    }
    producer->deliveries.push_back({ticket, acknowledged});
  }
};

KafkaSink::KafkaSink(KafkaOptions options) : options_(std::move(options)) {}
KafkaSink::~KafkaSink() = default;

Result<std::unique_ptr<KafkaSink>> KafkaSink::Open(KafkaOptions options) {
  auto sink = std::unique_ptr<KafkaSink>(new KafkaSink(std::move(options)));
  SAGA_RETURN_IF_ERROR(sink->OpenProducer());
  return sink;
}

Status KafkaSink::OpenProducer() {
  auto producer = std::make_unique<Producer>();
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  if (Status status = Configure(conf, SettingsOf(options_)); !status.ok()) {
    rd_kafka_conf_destroy(conf);
    return status;
  }
  rd_kafka_conf_set_opaque(conf, producer.get());
  rd_kafka_conf_set_dr_msg_cb(conf, &Producer::OnDelivery);
  rd_kafka_conf_set_log_cb(conf, &OnLog);
  std::array<char, 256> error{};
  producer->handle = rd_kafka_new(RD_KAFKA_PRODUCER, conf, error.data(), error.size());
  if (producer->handle == nullptr) {
    rd_kafka_conf_destroy(conf);
    return InvalidField("kafka", error.data());
  }
  producer_ = std::move(producer);
  return Status::Ok();
}

Offer KafkaSink::Produce(const std::string& topic, const EventMessage& event,
                         std::uint64_t ticket) {
  rd_kafka_headers_t* headers = rd_kafka_headers_new(event.headers.size());
  for (const auto& [name, value] : event.headers) {
    rd_kafka_header_add(headers, name.data(), static_cast<ssize_t>(name.size()), value.data(),
                        static_cast<ssize_t>(value.size()));
  }
  const rd_kafka_resp_err_t error = rd_kafka_producev(
      producer_->handle, RD_KAFKA_V_TOPIC(topic.c_str()),
      RD_KAFKA_V_KEY(event.key.data(), event.key.size()),
      RD_KAFKA_V_VALUE(const_cast<char*>(event.value.data()), event.value.size()),
      RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_HEADERS(headers),
      RD_KAFKA_V_OPAQUE(reinterpret_cast<void*>(static_cast<std::uintptr_t>(ticket))),
      RD_KAFKA_V_END);
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return Offer::kTaken;
  rd_kafka_headers_destroy(headers);
  if (error == RD_KAFKA_RESP_ERR__QUEUE_FULL) return Offer::kFull;
  spdlog::error("kafka refuses events: {}", rd_kafka_err2str(error));
  return Offer::kBroken;
}

std::vector<Delivery> KafkaSink::Poll(std::chrono::milliseconds wait) {
  rd_kafka_poll(producer_->handle, static_cast<int>(wait.count()));
  return std::exchange(producer_->deliveries, {});
}

Status KafkaSink::Reopen() {
  producer_.reset();
  return OpenProducer();
}

Status KafkaSink::CreateTopics(const std::vector<std::string>& topics, int partitions,
                               std::chrono::milliseconds wait) {
  const int timeout = static_cast<int>(wait.count());
  // Asked for only when one is missing: librdkafka's mock broker has topics but cannot make them.
  const std::vector<std::string> missing = MissingTopics(producer_->handle, topics, timeout);
  if (missing.empty()) return Status::Ok();
  std::array<char, 256> error{};
  std::vector<rd_kafka_NewTopic_t*> wanted;
  for (const std::string& topic : missing) {
    wanted.push_back(
        rd_kafka_NewTopic_new(topic.c_str(), partitions, -1, error.data(), error.size()));
  }
  rd_kafka_queue_t* queue = rd_kafka_queue_new(producer_->handle);
  rd_kafka_AdminOptions_t* admin =
      rd_kafka_AdminOptions_new(producer_->handle, RD_KAFKA_ADMIN_OP_CREATETOPICS);
  rd_kafka_AdminOptions_set_request_timeout(admin, timeout, error.data(), error.size());
  rd_kafka_CreateTopics(producer_->handle, wanted.data(), wanted.size(), admin, queue);
  rd_kafka_event_t* event = rd_kafka_queue_poll(queue, timeout);
  Status status = Status::Ok();
  if (event == nullptr || rd_kafka_event_error(event) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    status =
        Status(StatusCode::kUnavailable, "KAFKA_UNAVAILABLE",
               fmt::format("cannot make topics at {}: {}", options_.brokers,
                           event == nullptr ? "no answer" : rd_kafka_event_error_string(event)));
  } else {
    std::size_t count = 0;
    const auto* results =
        rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &count);
    for (std::size_t i = 0; i < count; ++i) {
      const rd_kafka_resp_err_t code = rd_kafka_topic_result_error(results[i]);
      if (code == RD_KAFKA_RESP_ERR_NO_ERROR || code == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS)
        continue;
      status = Status(StatusCode::kFailedPrecondition, "KAFKA_TOPIC",
                      fmt::format("cannot make topic '{}': {}",
                                  rd_kafka_topic_result_name(results[i]), rd_kafka_err2str(code)));
    }
  }
  if (event != nullptr) rd_kafka_event_destroy(event);
  rd_kafka_AdminOptions_destroy(admin);
  rd_kafka_queue_destroy(queue);
  for (rd_kafka_NewTopic_t* topic : wanted) rd_kafka_NewTopic_destroy(topic);
  return status;
}

}  // namespace saga

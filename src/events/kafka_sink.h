// Events to Kafka by librdkafka: idempotent, acks=all, partitioned by key as Java clients do.
#pragma once

#include <memory>
#include <string>

#include "events/event_sink.h"

namespace saga {

struct KafkaOptions {
  std::string brokers;  // host:port,host:port
  std::string client_id = "sagad";
};

// Threads:  one (librdkafka has its own behind it).
// Limits:   kEventsInFlightMax messages are the publisher's affair; librdkafka's queue is set above
// that.
class KafkaSink final : public EventSink {
 public:
  // Errors: INVALID_ARGUMENT FIELD_INVALID for a configuration that librdkafka refuses. Does not
  // wait for a broker.
  static Result<std::unique_ptr<KafkaSink>> Open(KafkaOptions options);
  ~KafkaSink() override;

  Offer Produce(const std::string& topic, const EventMessage& event, std::uint64_t ticket) override;
  std::vector<Delivery> Poll(std::chrono::milliseconds wait) override;
  Status Reopen() override;

  // Makes the topics unless they exist. Errors: UNAVAILABLE KAFKA_UNAVAILABLE when no broker
  // answers within `wait`.
  Status CreateTopics(const std::vector<std::string>& topics, int partitions,
                      std::chrono::milliseconds wait);

 private:
  struct Producer;
  explicit KafkaSink(KafkaOptions options);
  Status OpenProducer();

  const KafkaOptions options_;
  std::unique_ptr<Producer> producer_;
};

}  // namespace saga

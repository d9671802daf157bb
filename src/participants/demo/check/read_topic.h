// All that is in a Kafka topic now, read as evidence.
#pragma once

#include <chrono>
#include <string>

#include "base/status.h"
#include "participants/demo/check/evidence.h"

namespace saga::demo {

struct TopicOptions {
  std::string brokers;  // HOST:PORT,…
  std::string topic = "saga.events.v1";
  std::chrono::milliseconds limit{60'000};
};

// From the beginning of every partition to its end as of now. Without a consumer group: nothing is
// left behind at the broker.
// Errors:    UNAVAILABLE KAFKA_UNAVAILABLE; DATA_LOSS EVENT_INVALID: a message that is no event;
//            OUT_OF_RANGE TOPIC_CUT: the beginning has left the topic (retention), so nothing can
//            be said of sequences.
Status ReadTopic(const TopicOptions& options, Evidence& evidence);

}  // namespace saga::demo

// Committed records to Kafka, wired together.
#pragma once

#include <chrono>
#include <memory>

#include "events/kafka_sink.h"
#include "events/publisher.h"
#include "orchestrator/journal.h"
#include "orchestrator/orchestrator.h"
#include "server/config.h"

namespace saga::server {

// Threads:   Start, Stop from one thread. Borrows everything passed to Open.
class EventPublishing {
 public:
  // Does not wait for a broker. Errors: CONFIG_INVALID for brokers that librdkafka refuses.
  static Result<std::unique_ptr<EventPublishing>> Open(const Config& config,
                                                       Orchestrator& orchestrator,
                                                       const JournalFactory& journals,
                                                       const RecordCodec& codec,
                                                       const DefinitionResolver& definitions);

  void Start() { publisher_->Start(); }
  void Stop(std::chrono::milliseconds patience) { publisher_->Stop(patience); }

 private:
  EventPublishing() = default;

  std::unique_ptr<KafkaSink> sink_;
  std::unique_ptr<Journal> journal_;  // One for all shards: the publisher has one thread.
  std::unique_ptr<Publisher> publisher_;
};

}  // namespace saga::server

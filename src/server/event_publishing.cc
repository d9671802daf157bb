#include "server/event_publishing.h"

#include <fmt/format.h>

#include <utility>

#include "base/log.h"

namespace saga::server {
namespace {

constexpr int kPartitions = 12;  // Of topics that sagad makes itself.
constexpr std::chrono::milliseconds kTopicPatience{2'000};

}  // namespace

Result<std::unique_ptr<EventPublishing>> EventPublishing::Open(
    const Config& config, Orchestrator& orchestrator, const JournalFactory& journals,
    const RecordCodec& codec, const DefinitionResolver& definitions) {
  std::unique_ptr<EventPublishing> events(new EventPublishing());
  Result<std::unique_ptr<KafkaSink>> sink = KafkaSink::Open({.brokers = config.kafka_brokers});
  if (!sink.ok()) {
    return Status(StatusCode::kInvalidArgument, "CONFIG_INVALID",
                  fmt::format("kafka.brokers: {}", sink.status().message()));
  }
  events->sink_ = *std::move(sink);
  std::vector<std::string> topics = {config.kafka_topic};
  if (!config.kafka_attention_topic.empty()) topics.push_back(config.kafka_attention_topic);
  // In production topics are made by those who own the cluster. A broker that is away is no
  // obstacle: the backlog waits in the journal.
  if (config.profile == Profile::kDev) {
    const Status made = events->sink_->CreateTopics(topics, kPartitions, kTopicPatience);
    if (!made.ok()) spdlog::warn("topics could not be made: {}", made.ToString());
  }
  events->journal_ = journals();
  std::vector<PublisherSource> sources;
  for (std::uint16_t shard = 0; shard < orchestrator.shard_count(); ++shard) {
    CommittedFeed& feed = orchestrator.feed(static_cast<ShardId>(shard));
    sources.push_back(
        {feed, std::make_unique<FeedReader>(feed, *events->journal_, codec, definitions)});
  }
  events->publisher_ =
      std::make_unique<Publisher>(PublisherOptions{.cluster = config.cluster_name,
                                                   .topic = config.kafka_topic,
                                                   .attention_topic = config.kafka_attention_topic},
                                  std::move(sources), *events->sink_);
  return events;
}

}  // namespace saga::server

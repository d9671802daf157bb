#include "participants/demo/check/read_topic.h"

#include <fmt/format.h>
#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <string_view>
#include <vector>

namespace saga::demo {
namespace {

struct Destroy {
  void operator()(rd_kafka_t* handle) const { rd_kafka_destroy(handle); }
  void operator()(rd_kafka_topic_partition_list_t* list) const {
    rd_kafka_topic_partition_list_destroy(list);
  }
  void operator()(rd_kafka_message_t* message) const { rd_kafka_message_destroy(message); }
  void operator()(const rd_kafka_metadata_t* metadata) const {
    rd_kafka_metadata_destroy(metadata);
  }
};
using Handle = std::unique_ptr<rd_kafka_t, Destroy>;
using PartitionList = std::unique_ptr<rd_kafka_topic_partition_list_t, Destroy>;
using Message = std::unique_ptr<rd_kafka_message_t, Destroy>;
using Metadata = std::unique_ptr<const rd_kafka_metadata_t, Destroy>;

Status Unavailable(std::string_view what, rd_kafka_resp_err_t error) {
  return Status(StatusCode::kUnavailable, "KAFKA_UNAVAILABLE",
                fmt::format("{}: {}", what, rd_kafka_err2str(error)));
}

Result<Handle> Open(const TopicOptions& options) {
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  std::array<char, 256> error{};
  const std::pair<const char*, std::string> settings[] =
      {
          {"bootstrap.servers", options.brokers},
          {"group.id", "saga-demo-check"},  // librdkafka wants one; nothing is committed under it.
          {"enable.auto.commit", "false"},
          {"auto.offset.reset", "error"},
          {"log_level", "0"},
      };
  for (const auto& [name, value] : settings) {
    if (rd_kafka_conf_set(conf, name, value.c_str(), error.data(), error.size()) !=
        RD_KAFKA_CONF_OK) {
      rd_kafka_conf_destroy(conf);
      return InvalidField("brokers", error.data());
    }
  }
  Handle handle(rd_kafka_new(RD_KAFKA_CONSUMER, conf, error.data(), error.size()));
  if (handle == nullptr) {
    rd_kafka_conf_destroy(conf);
    return InvalidField("brokers", error.data());
  }
  rd_kafka_poll_set_consumer(handle.get());
  return handle;
}

Result<int> CountPartitions(rd_kafka_t* handle, const TopicOptions& options) {
  rd_kafka_topic_t* topic = rd_kafka_topic_new(handle, options.topic.c_str(), nullptr);
  const rd_kafka_metadata_t* raw = nullptr;
  const rd_kafka_resp_err_t error =
      rd_kafka_metadata(handle, 0, topic, &raw, static_cast<int>(options.limit.count()));
  rd_kafka_topic_destroy(topic);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return Unavailable(options.brokers, error);
  const Metadata metadata(raw);
  if (metadata->topic_cnt != 1 || metadata->topics[0].err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return Unavailable(options.topic, metadata->topics[0].err);
  }
  return metadata->topics[0].partition_cnt;
}

std::string_view Header(const rd_kafka_message_t& message, const char* name) {
  rd_kafka_headers_t* headers = nullptr;
  if (rd_kafka_message_headers(&message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) return {};
  const void* value = nullptr;
  std::size_t size = 0;
  if (rd_kafka_header_get_last(headers, name, &value, &size) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return {};
  }
  return {static_cast<const char*>(value), size};
}

Result<EventFact> EventOf(const rd_kafka_message_t& message) {
  EventFact event;
  event.saga.assign(static_cast<const char*>(message.key), message.key_len);
  event.id = Header(message, "ce_id");
  event.type = Header(message, "ce_type");
  const std::string_view sequence = Header(message, "ce_sequence");
  const auto [end, error] =
      std::from_chars(sequence.data(), sequence.data() + sequence.size(), event.sequence);
  if (error != std::errc() || event.saga.empty() || event.id.empty() || event.type.empty()) {
    return Status(StatusCode::kDataLoss, "EVENT_INVALID",
                  fmt::format("the message at offset {} of partition {} is no event",
                              message.offset, message.partition));
  }
  return event;
}

// Reads until every partition has come to its end.
class Reader {
 public:
  Reader(const TopicOptions& options, Handle handle)
      : options_(options), handle_(std::move(handle)) {}
  ~Reader() { rd_kafka_consumer_close(handle_.get()); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  Status Assign() {
    SAGA_ASSIGN_OR_RETURN(const int partitions, CountPartitions(handle_.get(), options_));
    const PartitionList list(rd_kafka_topic_partition_list_new(partitions));
    for (int partition = 0; partition < partitions; ++partition) {
      std::int64_t low = 0;
      std::int64_t high = 0;
      const rd_kafka_resp_err_t error =
          rd_kafka_query_watermark_offsets(handle_.get(), options_.topic.c_str(), partition, &low,
                                           &high, static_cast<int>(options_.limit.count()));
      if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return Unavailable(options_.topic, error);
      if (low > 0) {
        return Status(StatusCode::kOutOfRange, "TOPIC_CUT",
                      fmt::format("partition {} of '{}' begins at {}: older events have left it",
                                  partition, options_.topic, low));
      }
      if (high == 0) continue;
      ends_[partition] = high;
      rd_kafka_topic_partition_list_add(list.get(), options_.topic.c_str(), partition)->offset =
          low;
    }
    const rd_kafka_resp_err_t error = rd_kafka_assign(handle_.get(), list.get());
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return Unavailable(options_.topic, error);
    return Status::Ok();
  }

  Status Read(std::vector<EventFact>& events) {
    const auto give_up = std::chrono::steady_clock::now() + options_.limit;
    while (!ends_.empty()) {
      if (std::chrono::steady_clock::now() > give_up) {
        return Unavailable("the topic could not be read to its end", RD_KAFKA_RESP_ERR__TIMED_OUT);
      }
      const Message message(rd_kafka_consumer_poll(handle_.get(), 100));
      if (message == nullptr) continue;
      // librdkafka tells of lost connections, too, and goes on by itself.
      if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) continue;
      const auto end = ends_.find(message->partition);
      if (end == ends_.end()) continue;
      SAGA_ASSIGN_OR_RETURN(EventFact event, EventOf(*message));
      events.push_back(std::move(event));
      if (message->offset + 1 >= end->second) ends_.erase(end);
    }
    return Status::Ok();
  }

 private:
  const TopicOptions& options_;
  Handle handle_;
  std::map<std::int32_t, std::int64_t> ends_;  // Of the partitions that are not read to their end.
};

}  // namespace

Status ReadTopic(const TopicOptions& options, Evidence& evidence) {
  SAGA_ASSIGN_OR_RETURN(Handle handle, Open(options));
  Reader reader(options, std::move(handle));
  SAGA_RETURN_IF_ERROR(reader.Assign());
  return reader.Read(evidence.events.emplace());
}

}  // namespace saga::demo

// The Kafka sink on a real broker: order, headers, and a broker that is killed at full speed.
#include "events/kafka_sink.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <librdkafka/rdkafka.h>

#include <map>
#include <memory>
#include <set>

#include "support/kafka.h"
#include "support/wait.h"

namespace saga {
namespace {

constexpr int kKeys = 7;
constexpr int kPartitions = 3;
constexpr std::chrono::seconds kLimit{60};

EventMessage Message(int number) {
  EventMessage event;
  event.key = fmt::format("saga-{}", number % kKeys);
  event.headers = {{"ce_id", fmt::format("{}", number)}, {"ce_specversion", "1.0"}};
  event.value = fmt::format("{{\"number\":{}}}", number);
  return event;
}

// Every message of the topic, by key, in the order of its partition.
class Topic {
 public:
  Topic(const std::string& brokers, const std::string& name) {
    rd_kafka_conf_t* conf = rd_kafka_conf_new();
    std::array<char, 256> error{};
    rd_kafka_conf_set(conf, "bootstrap.servers", brokers.c_str(), error.data(), error.size());
    rd_kafka_conf_set(conf, "group.id", "test", error.data(), error.size());
    rd_kafka_t* consumer = rd_kafka_new(RD_KAFKA_CONSUMER, conf, error.data(), error.size());
    rd_kafka_poll_set_consumer(consumer);
    rd_kafka_topic_partition_list_t* partitions = rd_kafka_topic_partition_list_new(kPartitions);
    std::map<int, std::int64_t> ends;
    for (int p = 0; p < kPartitions; ++p) {
      rd_kafka_topic_partition_list_add(partitions, name.c_str(), p)->offset = 0;
      std::int64_t low = 0;
      EXPECT_EQ(rd_kafka_query_watermark_offsets(consumer, name.c_str(), p, &low, &ends[p], 10'000),
                RD_KAFKA_RESP_ERR_NO_ERROR);
    }
    rd_kafka_assign(consumer, partitions);
    rd_kafka_topic_partition_list_destroy(partitions);
    std::int64_t left = 0;
    for (const auto& [partition, end] : ends) left += end;
    test::WaitUntil(kLimit, [&] {
      while (left > 0) {
        rd_kafka_message_t* message = rd_kafka_consumer_poll(consumer, 100);
        if (message == nullptr) return false;
        if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
          Take(*message);
          --left;
        }
        rd_kafka_message_destroy(message);
      }
      return true;
    });
    EXPECT_EQ(left, 0);
    rd_kafka_consumer_close(consumer);
    rd_kafka_destroy(consumer);
  }

  // Numbers as they came, repeats included.
  std::map<std::string, std::vector<int>> numbers;
  std::map<std::string, std::set<int>> partitions_of_key;

 private:
  void Take(const rd_kafka_message_t& message) {
    const std::string key(static_cast<const char*>(message.key), message.key_len);
    rd_kafka_headers_t* headers = nullptr;
    ASSERT_EQ(rd_kafka_message_headers(&message, &headers), RD_KAFKA_RESP_ERR_NO_ERROR);
    const void* value = nullptr;
    std::size_t size = 0;
    ASSERT_EQ(rd_kafka_header_get_last(headers, "ce_id", &value, &size),
              RD_KAFKA_RESP_ERR_NO_ERROR);
    numbers[key].push_back(std::stoi(std::string(static_cast<const char*>(value), size)));
    partitions_of_key[key].insert(message.partition);
  }
};

class KafkaSinkTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!test::RealKafka::IsAvailable()) GTEST_SKIP() << "--without-kafka: no broker";
    kafka_ = std::make_unique<test::RealKafka>();
  }

  // Offers messages and takes acknowledgements until all are acknowledged; `at_half` happens at
  // full speed.
  void Publish(KafkaSink& sink, int count, const std::function<void()>& at_half) {
    int offered = 0;
    std::set<std::uint64_t> acknowledged;
    const bool done = test::WaitUntil(kLimit, [&] {
      while (offered < count &&
             sink.Produce("events", Message(offered), static_cast<std::uint64_t>(offered)) ==
                 Offer::kTaken) {
        if (++offered == count / 2) at_half();
      }
      for (const Delivery& delivery : sink.Poll(std::chrono::milliseconds(50))) {
        EXPECT_TRUE(delivery.acknowledged);
        acknowledged.insert(delivery.ticket);
      }
      return acknowledged.size() == static_cast<std::size_t>(count);
    });
    EXPECT_TRUE(done) << acknowledged.size() << " of " << count << " acknowledged";
  }

  void ExpectCompleteAndInOrder(int count) {
    const Topic topic(kafka_->address(), "events");
    std::set<int> seen;
    for (const auto& [key, numbers] : topic.numbers) {
      EXPECT_EQ(topic.partitions_of_key.at(key).size(), 1U) << key;
      int newest = -1;
      for (const int number : numbers) {
        // A repeat may come; a new one only in its turn.
        if (seen.insert(number).second) {
          EXPECT_GT(number, newest) << key;
        }
        newest = std::max(newest, number);
      }
    }
    EXPECT_EQ(seen.size(), static_cast<std::size_t>(count));
  }

  std::unique_ptr<test::RealKafka> kafka_;
};

TEST_F(KafkaSinkTest, MessagesArriveCompleteInOrderOfTheirKeyWithTheirHeaders) {
  auto sink = KafkaSink::Open({.brokers = kafka_->address()});
  ASSERT_TRUE(sink.ok()) << sink.status().ToString();
  ASSERT_TRUE((*sink)->CreateTopics({"events"}, kPartitions, std::chrono::seconds(20)).ok());
  // Again is no error.
  ASSERT_TRUE((*sink)->CreateTopics({"events"}, kPartitions, std::chrono::seconds(20)).ok());

  Publish(**sink, 2'000, [] {});

  ExpectCompleteAndInOrder(2'000);
}

TEST_F(KafkaSinkTest, ABrokerKilledAtFullSpeedLosesAndReordersNothing) {
  if (!kafka_->IsOwn()) GTEST_SKIP() << "a broker that was given is not killed";
  auto sink = KafkaSink::Open({.brokers = kafka_->address()});
  ASSERT_TRUE(sink.ok());
  ASSERT_TRUE((*sink)->CreateTopics({"events"}, kPartitions, std::chrono::seconds(20)).ok());

  Publish(**sink, 5'000, [this] {
    kafka_->KillHard();
    kafka_->Start();
  });

  ExpectCompleteAndInOrder(5'000);
}

TEST(KafkaSinkOptionsTest, ABrokerThatIsNotThereIsSaidInTime) {
  auto sink = KafkaSink::Open({.brokers = "127.0.0.1:1"});
  ASSERT_TRUE(sink.ok());
  EXPECT_EQ((*sink)->CreateTopics({"events"}, 1, std::chrono::seconds(2)).reason(),
            "KAFKA_UNAVAILABLE");
}

}  // namespace
}  // namespace saga

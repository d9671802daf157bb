#include "events/mock_kafka/mock_kafka.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <librdkafka/rdkafka.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>

#include "support/process.h"
#include "support/wait.h"

namespace saga::events {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// The names of the topics that a client sees there.
std::vector<std::string> TopicsAt(const std::string& address) {
  rd_kafka_conf_t* configuration = rd_kafka_conf_new();
  rd_kafka_conf_set(configuration, "bootstrap.servers", address.c_str(), nullptr, 0);
  rd_kafka_t* client = rd_kafka_new(RD_KAFKA_CONSUMER, configuration, nullptr, 0);
  const rd_kafka_metadata_t* metadata = nullptr;
  std::vector<std::string> topics;
  if (rd_kafka_metadata(client, 1, nullptr, &metadata, 10'000) == RD_KAFKA_RESP_ERR_NO_ERROR) {
    for (int i = 0; i < metadata->topic_cnt; ++i) {
      topics.push_back(std::string(metadata->topics[i].topic) + ":" +
                       std::to_string(metadata->topics[i].partition_cnt));
    }
    rd_kafka_metadata_destroy(metadata);
  }
  rd_kafka_destroy(client);
  return topics;
}

TEST(ParseMockTopicsTest, NamesWithAndWithoutPartitions) {
  EXPECT_THAT(ParseMockTopics("saga.events.v1:4,other").value(),
              ElementsAre(MockTopic{"saga.events.v1", 4}, MockTopic{"other", 1}));
}

TEST(ParseMockTopicsTest, NonsenseIsRefused) {
  for (const char* text : {"", "a:", "a:0", "a:65", "a:4x", "a,,b", ":3"}) {
    EXPECT_FALSE(ParseMockTopics(text).ok()) << text;
  }
}

class MockKafkaProgramTest : public ::testing::Test {
 protected:
  ~MockKafkaProgramTest() override { std::filesystem::remove_all(folder_); }

  const std::filesystem::path folder_ = test::MakeTempFolder("sagamock");
  const std::filesystem::path address_file_ = folder_ / "address";
};

TEST_F(MockKafkaProgramTest, OtherProcessesSeeItsTopicsUntilItIsTerminated) {
  test::ChildProcess program({.argv = {SAGA_MOCK_KAFKA_PROGRAM, "--topics", "saga.events.v1:3",
                                       "--address-file", address_file_.string()}});
  ASSERT_TRUE(test::WaitUntil(seconds(20), [&] { return std::filesystem::exists(address_file_); }))
      << program.Output();
  std::string address;
  std::ifstream(address_file_) >> address;

  EXPECT_THAT(TopicsAt(address), ElementsAre("saga.events.v1:3"));
  EXPECT_EQ(program.Terminate(seconds(20)), 0);
}

TEST_F(MockKafkaProgramTest, BadTopicsEndItWithAMessage) {
  test::ChildProcess program({.argv = {SAGA_MOCK_KAFKA_PROGRAM, "--topics", "x:none"}});

  EXPECT_EQ(program.Wait(seconds(20)), 1);
  EXPECT_THAT(program.Output(), HasSubstr("x:none"));
}

}  // namespace
}  // namespace saga::events

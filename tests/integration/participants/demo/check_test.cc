// The checker's eyes: what it reads from real databases and from a topic.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <random>
#include <sstream>

#include "events/kafka_sink.h"
#include "events/mock_kafka/mock_kafka.h"
#include "integration/participants/demo/shop.h"
#include "participants/demo/check/read_databases.h"
#include "participants/demo/check/read_topic.h"
#include "participants/demo/check/report.h"
#include "support/postgres.h"

namespace saga::demo {
namespace {

using test::PrivatePostgres;

std::string FileText(const char* path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(CheckTest, WhatTheServicesWroteIsReadAndJudged) {
  const std::string shop = PrivatePostgres::Shared().CreateDatabase();
  const std::string sagad = PrivatePostgres::Shared().CreateDatabase();
  for (const char* service : {"orders", "inventory", "payments", "shipping"}) {
    ASSERT_TRUE(PrepareSchema(shop, *FindService(service)).ok());
  }
  PrivatePostgres::Execute(sagad, FileText("src/store/migrations/0001_init.sql"));
  PrivatePostgres::Execute(
      sagad,
      "INSERT INTO sagas SELECT 'default/' || id, 'default', 0, 1, definition, 1, '', '', NULL, "
      "'', '', 0, state, health, 7, 0 FROM (VALUES ('s-1', 'checkout', 3, 1), "
      "('s-2', 'checkout', 2, 3), ('s-3', 'refund', 1, 1)) AS v (id, definition, state, health)");
  PrivatePostgres::Execute(shop, R"sql(
      INSERT INTO orders.orders (order_id, saga, customer_id, currency, total, state)
        VALUES ('o-1', 's-1', 'cust-1', 'EUR', 5, 'confirmed');
      INSERT INTO inventory.reservations (saga, order_id, state) VALUES ('s-1', 'o-1', 'dispatched');
      INSERT INTO inventory.reservation_lines VALUES (1, 'SKU-1', 2), (1, 'SKU-2', 1);
      UPDATE inventory.stock SET on_hand = on_hand - 2, dispatched = 2 WHERE sku = 'SKU-1';
      UPDATE inventory.stock SET on_hand = on_hand - 1, dispatched = 1 WHERE sku = 'SKU-2';
      INSERT INTO payments.authorizations (saga, order_id, customer_id, amount, state)
        VALUES ('s-1', 'o-1', 'cust-1', 5, 'captured');
      UPDATE payments.accounts SET balance = balance - 5, captured = 5
        WHERE customer_id = 'cust-1';
      INSERT INTO shipping.shipments (saga, order_id, country) VALUES ('s-1', 'o-1', 'DE');
  )sql");

  Evidence evidence;
  const Status read = ReadDatabases({.sagad = sagad, .shop = shop}, evidence);

  ASSERT_TRUE(read.ok()) << read.ToString();
  EXPECT_EQ(evidence.sagas.size(), 2U);
  EXPECT_EQ(evidence.sagas["s-1"].revision, 7U);
  EXPECT_EQ(evidence.sagas["s-2"].flag, Flag::kWaitsForAPerson);
  EXPECT_THAT(evidence.other_sagas, testing::ElementsAre("s-3"));
  const Report good = CheckAll(evidence);
  EXPECT_EQ(good.violated, 0) << good.text;

  PrivatePostgres::Execute(shop, "UPDATE payments.accounts SET balance = balance + 1");
  Evidence broken;
  ASSERT_TRUE(ReadDatabases({.sagad = sagad, .shop = shop}, broken).ok());
  EXPECT_EQ(CheckAll(broken).violated, 1);
}

TEST(CheckTest, AMissingDatabaseIsSaid) {
  Evidence evidence;
  const std::string nowhere = PrivatePostgres::Shared().Conninfo("nowhere");
  EXPECT_EQ(ReadDatabases({.sagad = nowhere, .shop = nowhere}, evidence).reason(),
            "DATABASE_UNAVAILABLE");
}

// Events 1 to `per_saga` of each of `sagas` sagas, interleaved.
void Publish(const std::string& brokers, int sagas, int per_saga, std::size_t value_bytes) {
  auto sink = KafkaSink::Open({.brokers = brokers});
  ASSERT_TRUE(sink.ok());
  std::mt19937 bytes(1);
  for (int sequence = 1; sequence <= per_saga; ++sequence) {
    for (int saga = 0; saga < sagas; ++saga) {
      EventMessage event;
      event.key = fmt::format("s-{}", saga);
      event.headers = {{"ce_id", fmt::format("s-{}-{}", saga, sequence)},
                       {"ce_type", "sagad.step.succeeded.v1"},
                       {"ce_sequence", fmt::format("{:012}", sequence)}};
      // Nothing that compresses.
      std::ranges::generate_n(std::back_inserter(event.value), value_bytes,
                              [&] { return static_cast<char>(bytes()); });
      ASSERT_EQ((*sink)->Produce("events.test", event, 1), Offer::kTaken);
    }
  }
  for (int acknowledged = 0; acknowledged < sagas * per_saga;) {
    for (const Delivery& delivery : (*sink)->Poll(std::chrono::milliseconds(100))) {
      ASSERT_TRUE(delivery.acknowledged);
      ++acknowledged;
    }
  }
}

TEST(CheckTest, ATopicIsReadFromItsBeginningToItsEnd) {
  constexpr int kSagas = 40;
  constexpr int kPerSaga = 5;
  auto kafka = events::MockKafka::Start({{"events.test", 4}});
  ASSERT_TRUE(kafka.ok()) << kafka.status().ToString();
  Publish((*kafka)->address(), kSagas, kPerSaga, 10);

  Evidence evidence;
  const Status read = ReadTopic({.brokers = (*kafka)->address(), .topic = "events.test"}, evidence);

  ASSERT_TRUE(read.ok()) << read.ToString();
  ASSERT_EQ(evidence.events->size(), static_cast<std::size_t>(kSagas * kPerSaga));
  std::map<std::string, std::uint64_t> last;
  for (const EventFact& event : *evidence.events) {
    EXPECT_EQ(event.sequence, ++last[event.saga]);
    EXPECT_EQ(event.id, fmt::format("{}-{}", event.saga, event.sequence));
  }
}

TEST(CheckTest, ATopicThatHasLostItsBeginningIsSaid) {
  auto kafka = events::MockKafka::Start({{"events.test", 1}});
  ASSERT_TRUE(kafka.ok()) << kafka.status().ToString();
  // More than the development broker keeps.
  Publish((*kafka)->address(), 1, 90, 100'000);

  Evidence evidence;
  EXPECT_EQ(ReadTopic({.brokers = (*kafka)->address(), .topic = "events.test"}, evidence).reason(),
            "TOPIC_CUT");
}

TEST(CheckTest, ABrokerThatIsNotThereIsSaid) {
  Evidence evidence;
  EXPECT_EQ(ReadTopic({.brokers = fmt::format("127.0.0.1:{}", test::FreePort()),
                       .limit = std::chrono::milliseconds(500)},
                      evidence)
                .reason(),
            "KAFKA_UNAVAILABLE");
}

}  // namespace
}  // namespace saga::demo

// Each invariant holds of a good shop, and is seen to fail when what it looks at is broken.
#include "participants/demo/check/invariants.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "participants/demo/check/report.h"

namespace saga::demo {
namespace {

EventFact Event(const std::string& saga, std::uint64_t sequence, const std::string& type) {
  return {saga, sequence, saga + "-" + std::to_string(sequence), "sagad." + type + ".v1"};
}

// One saga that succeeded, one that was compensated, one that is stuck on its way back, and one
// that a person resolved.
Evidence GoodShop() {
  Evidence e;
  e.sagas["won"] = {SagaState::kSucceeded, Flag::kNone, 3};
  e.sagas["lost"] = {SagaState::kCompensated, Flag::kNone, 3};
  e.sagas["stuck"] = {SagaState::kCompensating, Flag::kWaitsForAPerson, 3};
  e.sagas["told"] = {SagaState::kResolved, Flag::kNone, 2};
  e.other_sagas = {"refund-1"};
  e.orders = {{"o1", "won", "confirmed"},
              {"o2", "lost", "cancelled"},
              {"o3", "stuck", "pending"},
              {"o4", "told", "pending"}};
  e.stock = {{"A", 8, 3, 2, 10}, {"B", 5, 0, 0, 5}};
  e.reservations = {{"won", "dispatched", {{"A", 2}}},
                    {"lost", "released", {{"A", 1}, {"B", 1}}},
                    {"stuck", "reserved", {{"A", 3}}}};
  e.accounts = {{"anna", 70, 20, 10, 100}, {"ben", 50, 0, 0, 50}};
  e.authorizations = {
      {"won", "anna", 10, "captured"}, {"lost", "ben", 5, "voided"}, {"stuck", "anna", 20, "held"}};
  e.shipments = {{"won"}};
  e.acknowledged = {"won", "lost", "stuck", "told"};
  e.events = {Event("won", 1, "saga.started"),       Event("lost", 1, "saga.started"),
              Event("won", 2, "step.succeeded"),     Event("won", 1, "saga.started"),
              Event("won", 2, "step.succeeded"),     Event("won", 3, "saga.succeeded"),
              Event("lost", 2, "saga.compensating"), Event("lost", 3, "saga.compensated"),
              Event("stuck", 1, "saga.started"),     Event("stuck", 2, "saga.compensating"),
              Event("stuck", 3, "saga.stuck"),       Event("told", 1, "saga.started"),
              Event("told", 2, "saga.resolved"),     Event("refund-1", 7, "saga.started")};
  return e;
}

std::vector<std::string> Violated(const Evidence& evidence) {
  std::vector<std::string> names;
  for (const Invariant& invariant : Invariants()) {
    if (CanBeChecked(invariant, evidence) && !invariant.check(evidence).violations.empty()) {
      names.emplace_back(invariant.name);
    }
  }
  return names;
}

TEST(InvariantsTest, AGoodShopViolatesNothing) {
  EXPECT_THAT(Violated(GoodShop()), testing::IsEmpty());
}

struct Plant {
  const char* what;
  const char* violated;
  std::function<void(Evidence&)> plant;
};

const Plant kPlants[] = {
    {"money appears", "money is conserved", [](Evidence& e) { e.accounts[0].balance += 1; }},
    {"money is lost", "money is conserved", [](Evidence& e) { e.accounts[0].balance -= 1; }},
    {"an overdraft", "no account is overdrawn",
     [](Evidence& e) {
       e.accounts.push_back({"carl", -5, 5, 0, 0});
     }},
    {"a hold that nobody asked for", "accounts agree with authorizations",
     [](Evidence& e) {
       e.accounts[1] = {"ben", 45, 5, 0, 50};
     }},
    {"a capture that nobody asked for", "accounts agree with authorizations",
     [](Evidence& e) {
       e.accounts[1] = {"ben", 45, 0, 5, 50};
     }},
    {"pieces are lost", "stock is conserved", [](Evidence& e) { e.stock[1].on_hand = 4; }},
    {"more reserved than there", "no stock is negative or reserved twice",
     [](Evidence& e) {
       e.stock[0] = {"A", 2, 3, 8, 10};
     }},
    {"negative reservation", "no stock is negative or reserved twice",
     [](Evidence& e) { e.stock[1].reserved = -1; }},
    {"a reservation without a row", "stock agrees with reservations",
     [](Evidence& e) { e.stock[1].reserved = 2; }},
    {"a saga left running", "every saga ended or waits for a person",
     [](Evidence& e) { e.sagas["stuck"].flag = Flag::kNone; }},
    {"goods still reserved after the end", "nothing is held for ended sagas",
     [](Evidence& e) { e.reservations[1].state = "reserved"; }},
    {"money still held after the end", "nothing is held for ended sagas",
     [](Evidence& e) { e.authorizations[1].state = "held"; }},
    {"an order still pending after the end", "nothing is held for ended sagas",
     [](Evidence& e) { e.orders[0].state = "pending"; }},
    {"a parcel too many", "succeeded sagas have each effect once",
     [](Evidence& e) { e.shipments.push_back({"won"}); }},
    {"no parcel", "succeeded sagas have each effect once", [](Evidence& e) { e.shipments = {}; }},
    {"paid twice", "succeeded sagas have each effect once",
     [](Evidence& e) {
       e.authorizations.push_back({"won", "anna", 10, "captured"});
     }},
    {"a compensated saga without a trace but a parcel", "compensated sagas have no effect",
     [](Evidence& e) { e.shipments.push_back({"lost"}); }},
    {"a compensated saga that was paid", "compensated sagas have no effect",
     [](Evidence& e) { e.authorizations[1].state = "captured"; }},
    {"an effect of nobody", "every effect belongs to a saga",
     [](Evidence& e) {
       e.orders.push_back({"o9", "ghost", "cancelled"});
     }},
    {"a lost start", "every acknowledged start exists",
     [](Evidence& e) { e.acknowledged->push_back("gone"); }},
    {"a gap in the events", "event sequences are contiguous from 1",
     [](Evidence& e) { e.events->erase(e.events->begin() + 9); }},
    {"events out of order", "event sequences are contiguous from 1",
     [](Evidence& e) { std::swap((*e.events)[6], (*e.events)[7]); }},
    {"a saga without events", "event sequences are contiguous from 1",
     [](Evidence& e) { std::erase_if(*e.events, [](auto& f) { return f.saga == "lost"; }); }},
    {"a sequence used twice", "a repeated event is the same event",
     [](Evidence& e) { e.events->push_back(Event("won", 2, "step.rejected")); }},
    {"a repeat with another id", "a repeated event is the same event",
     [](Evidence& e) {
       e.events->push_back({"won", 2, "other", "sagad.step.succeeded.v1"});
     }},
    {"no terminal event", "each ended saga has one terminal event, last",
     [](Evidence& e) { std::erase_if(*e.events, [](auto& f) { return f.id == "won-3"; }); }},
    {"two terminal events", "each ended saga has one terminal event, last",
     [](Evidence& e) { (*e.events)[6].type = "sagad.saga.succeeded.v1"; }},
    {"an event after the end", "each ended saga has one terminal event, last",
     [](Evidence& e) { e.events->push_back(Event("won", 4, "step.late")); }},
    {"the wrong end", "each ended saga has one terminal event, last",
     [](Evidence& e) { e.sagas["won"].state = SagaState::kResolved; }},
    {"an end that the database does not know", "each ended saga has one terminal event, last",
     [](Evidence& e) { e.events->push_back(Event("stuck", 4, "saga.compensated")); }},
    {"events of nobody", "no event is without its saga",
     [](Evidence& e) { e.events->push_back(Event("ghost", 1, "saga.started")); }},
    {"the stream lags", "the stream counts what the database counts",
     [](Evidence& e) { std::erase_if(*e.events, [](auto& f) { return f.id == "won-3"; }); }},
};

TEST(InvariantsTest, EachPlantedFaultIsFound) {
  for (const Plant& plant : kPlants) {
    Evidence evidence = GoodShop();
    plant.plant(evidence);
    EXPECT_THAT(Violated(evidence), testing::Contains(plant.violated)) << plant.what;
  }
}

TEST(InvariantsTest, ThereIsAPlantedFaultForEachInvariant) {
  for (const Invariant& invariant : Invariants()) {
    EXPECT_THAT(kPlants, testing::Contains(
                             testing::Field(&Plant::violated, testing::StrEq(invariant.name))));
  }
}

TEST(ReportTest, EveryInvariantHasALineAndAFailureAtMostFiveExamples) {
  Evidence evidence = GoodShop();
  evidence.events.reset();
  for (int i = 0; i < 9; ++i) evidence.shipments.push_back({"lost-" + std::to_string(i)});

  const Report report = CheckAll(evidence);

  EXPECT_EQ(report.violated, 1);
  EXPECT_THAT(report.text, testing::HasSubstr("ok    money is conserved"));
  EXPECT_THAT(report.text, testing::HasSubstr("FAIL  every effect belongs to a saga"));
  EXPECT_THAT(report.text, testing::HasSubstr("9 of 13"));
  EXPECT_THAT(report.text, testing::HasSubstr("'lost-4'"));
  EXPECT_THAT(report.text, testing::Not(testing::HasSubstr("'lost-5'")));
  EXPECT_THAT(report.text, testing::HasSubstr("-     event sequences are contiguous from 1"));
  EXPECT_THAT(report.text,
              testing::HasSubstr("4 sagas: 1 succeeded, 1 compensated, 1 resolved, 1 wait for a "
                                 "person; 1 of 12 invariants are violated"));
}

}  // namespace
}  // namespace saga::demo

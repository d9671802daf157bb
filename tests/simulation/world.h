// The whole simulated world: nodes, clients, operators and faults on one thread, driven by one
// seed.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "simulation/node.h"

namespace saga::sim {

struct WorldOptions {
  std::uint64_t seed = 1;
  std::uint64_t ticks = 20'000;  // Of the first half, when anything may fail.
  Mutant mutant = Mutant::kNone;
};

class World {
 public:
  explicit World(const WorldOptions& options);
  ~World();

  // Safety first: anything may fail. Then liveness: faults stop, and every saga must end or be
  // flagged. Throws Violation.
  void Run();

  std::string Tell(const SagaId& saga) const { return truth_.Tell(saga); }
  const Sightings& sightings() const { return sightings_; }
  std::size_t sagas() const { return truth_.all().size(); }
  std::size_t commits() const { return truth_.commits(); }
  std::uint64_t ticks() const { return ticks_; }

 private:
  static constexpr std::uint16_t kShards = 2;

  // One of the nodes of a shard: the one in charge, or one that does not know that it was deposed.
  struct Seat {
    std::unique_ptr<Node> node;
    std::uint64_t generation = 0;  // Of scheduled turns; older ones are void.
    std::optional<TimePoint> turn_at;
    Turn last = Turn::kMore;
  };

  void Tick();
  void ScheduleTurns();
  void RunTurn(Seat& seat);
  void Seats(const std::function<void(Seat&)>& visit);
  Node& InCharge(const SagaId& saga);

  // clients.cc: what people and programs do.
  void ClientActs();
  void StartNew();
  void Repeat();
  void AskSomething();
  void Cancel();
  void Wait();
  void Signal(const SagaId& saga, const std::string& id);
  // Repeated until somebody has answered.
  void Report(const ParticipantCall& call, const CallReplied& outcome, int tries);
  void OperatorActs();
  void Repair(const Saga& saga, Node& node);
  void Request(Node& node, const Saga& saga, OperatorRequest request, const std::string& sighting);

  // Faults.
  void CrashSomething();
  void Restart(Seat& seat);
  void DeposeSomething();
  void ParticipantFails();
  void Maintain();
  void StopFaults();
  bool AllSettled() const;

  const WorldOptions options_;
  Scheduler scheduler_;
  Random random_;
  Sightings sightings_;
  StoreFaults faults_;
  Plans plans_;
  MemoryStore store_;
  Truth truth_;
  Ledger ledger_;
  Auditor auditor_;
  Network network_;
  Ground ground_;
  std::vector<Seat> seats_;    // By shard.
  std::vector<Seat> zombies_;  // By shard; often empty.
  std::vector<std::pair<SagaId, DefinitionRef>> started_;
  std::uint64_t ticks_ = 0;
  bool faulty_ = true;
  std::uint64_t requests_ = 0;
};

}  // namespace saga::sim

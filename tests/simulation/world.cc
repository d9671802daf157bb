#include "simulation/world.h"

#include <fmt/format.h>

#include <algorithm>

namespace saga::sim {
namespace {

constexpr std::uint64_t kFullCheckEvery = 100;  // Ticks.
constexpr std::chrono::minutes kPeaceMax{60};   // Virtual; within it everything must be settled.

// Repeats something for as long as `on` says, at a random pace.
void Every(Scheduler& scheduler, Random& random, int low, int high, const bool& on,
           std::function<void()> action) {
  scheduler.After(random.Between(low, high), [&scheduler, &random, low, high, &on, action] {
    if (!on) return;
    action();
    Every(scheduler, random, low, high, on, action);
  });
}

}  // namespace

World::World(const WorldOptions& options)
    : options_(options),
      random_(options.seed),
      plans_(random_, options.mutant),
      truth_(plans_, sightings_),
      ledger_(sightings_, options.seed, options.mutant),
      auditor_(truth_, ledger_, sightings_),
      network_(scheduler_, random_, sightings_, ledger_, auditor_,
               [this](const ParticipantCall& call, const CallReplied& outcome) {
                 Report(call, outcome, 1);
               }),
      ground_{scheduler_, random_,  sightings_, store_,  truth_,
              network_,   auditor_, plans_,     faults_, options.mutant} {
  seats_.resize(kShards);
  zombies_.resize(kShards);
  for (std::uint16_t i = 0; i < kShards; ++i) {
    seats_[i].node = std::make_unique<Node>(ground_, ShardId{i});
  }
  Every(scheduler_, random_, 5, 60, faulty_, [this] { ClientActs(); });
  Every(scheduler_, random_, 50, 600, faulty_, [this] { OperatorActs(); });
  Every(scheduler_, random_, 500, 9'000, faulty_, [this] { CrashSomething(); });
  Every(scheduler_, random_, 1'000, 15'000, faulty_, [this] { DeposeSomething(); });
  Every(scheduler_, random_, 500, 8'000, faulty_, [this] { ParticipantFails(); });
  static constexpr bool kAlways = true;
  Every(scheduler_, random_, 20, 400, kAlways,
        [this] { Seats([](Seat& seat) { seat.node->Publish(); }); });
  Every(scheduler_, random_, 500, 3'000, kAlways, [this] { Maintain(); });
}

World::~World() = default;

void World::Run() {
  while (ticks_ < options_.ticks) Tick();
  StopFaults();
  const TimePoint limit = scheduler_.now() + kPeaceMax;
  while (scheduler_.now() < limit && !AllSettled()) Tick();
  // What is still on its way arrives, and the last events are published.
  const TimePoint rest = scheduler_.now() + std::chrono::seconds(60);
  while (scheduler_.now() < rest) Tick();
  Seats([](Seat& seat) {
    seat.node->Publish();
    seat.node->Check();
  });
  std::map<SagaId, SagaRow> rows;
  for (const SagaRow& row : store_.AllRows()) rows.emplace(row.id, row);
  auditor_.CheckEnd(rows);
}

void World::Tick() {
  ScheduleTurns();
  if (!scheduler_.Step()) throw Violation("I1: nothing is left to happen");
  ++ticks_;
  auditor_.CheckTick(truth_.TakeEnded());
  if (ticks_ % kFullCheckEvery == 0) {
    Seats([](Seat& seat) { seat.node->Check(); });
  }
}

void World::Seats(const std::function<void(Seat&)>& visit) {
  for (Seat& seat : seats_) visit(seat);
  for (Seat& zombie : zombies_) {
    if (zombie.node) visit(zombie);
  }
}

Node& World::InCharge(const SagaId& saga) { return *seats_[ToNumber(ShardOf(saga, kShards))].node; }

void World::ScheduleTurns() {
  Seats([this](Seat& seat) {
    auto wants = seat.node->WantsTurn(seat.last);
    if (!wants) return;
    wants = std::max(*wants, scheduler_.now());
    if (seat.turn_at && *seat.turn_at <= *wants) return;
    // A turn takes its time, so that inputs gather into batches.
    if (*wants == scheduler_.now()) *wants += random_.Between(0, 8);
    if (seat.turn_at && *seat.turn_at <= *wants) return;
    seat.turn_at = wants;
    scheduler_.At(*wants, [this, &seat, generation = ++seat.generation] {
      if (seat.node && seat.generation == generation) RunTurn(seat);
    });
  });
}

void World::RunTurn(Seat& seat) {
  seat.turn_at.reset();
  const bool is_zombie = &seat >= zombies_.data() && &seat < zombies_.data() + zombies_.size();
  try {
    seat.last = seat.node->RunTurn();
    // A deposed node that has learnt it leaves.
    if (is_zombie && !seat.node->shard().serving()) seat.node.reset();
  } catch (const Crash&) {
    if (is_zombie) {
      seat.node.reset();
    } else {
      Restart(seat);
    }
  }
}

void World::Restart(Seat& seat) {
  const ShardId shard = seat.node->shard_id();
  seat.node = std::make_unique<Node>(ground_, shard);
  seat.turn_at.reset();
  seat.last = Turn::kMore;
}

void World::CrashSomething() {
  Seat& seat = seats_[random_.Below(seats_.size())];
  sightings_.Saw("crash between turns");
  Restart(seat);
}

void World::DeposeSomething() {
  const std::size_t shard = random_.Below(seats_.size());
  if (zombies_[shard].node || !seats_[shard].node->shard().serving()) return;
  // The old owner sleeps for a while and does not know.
  Seat& zombie = zombies_[shard];
  const std::uint64_t generation = std::max(zombie.generation, seats_[shard].generation) + 1;
  zombie = std::move(seats_[shard]);
  zombie.generation = generation;
  zombie.turn_at = scheduler_.now() + random_.Between(10, 3'000);
  scheduler_.At(*zombie.turn_at, [this, &zombie, generation] {
    if (zombie.node && zombie.generation == generation) RunTurn(zombie);
  });
  seats_[shard] = Seat();
  seats_[shard].generation = generation;
  seats_[shard].node = std::make_unique<Node>(ground_, static_cast<ShardId>(shard));
}

void World::ParticipantFails() {
  const std::string participant = fmt::format("p{}", random_.Below(4));
  network_.SetDown(participant);
  scheduler_.After(random_.Between(100, 9'000), [this, participant] {
    network_.SetUp(participant);
    sightings_.Saw("participant back");
    for (const Seat& seat : seats_) {
      seat.node->mailbox().PostParticipantBack({"default", participant});
      seat.node->mailbox().PostParticipantBack({"other", participant});
    }
  });
}

void World::Maintain() {
  std::size_t before = 0;
  std::size_t after = 0;
  for (std::uint16_t i = 0; i < kShards; ++i) before += store_.entry_count(ShardId{i});
  if (options_.mutant == Mutant::kTruncatesTooMuch) {
    // As a store would that believes a low-water mark nobody has given it.
    for (std::uint16_t i = 0; i < kShards; ++i) {
      const auto journal = store_.MakeJournal();
      const auto claimed = journal->Claim(ShardId{i}, "mutant");
      truth_.OnClaim(ShardId{i}, claimed->epoch);
      Batch batch{.before = claimed->last};
      batch.published = claimed->last;
      batch.low_water = claimed->last;
      (void)journal->Append(ShardId{i}, claimed->epoch, batch);
    }
  }
  store_.Truncate();
  for (std::uint16_t i = 0; i < kShards; ++i) after += store_.entry_count(ShardId{i});
  if (after < before) sightings_.Saw("truncated");
}

void World::StopFaults() {
  faulty_ = false;
  faults_ = {0, 0, 0, 0, 0, 0, 0, 0};
  network_.StopFaults();
  ledger_.PutRight();
  for (Seat& zombie : zombies_) zombie.node.reset();
  static constexpr bool kAlways = true;
  // What the business waits for happens.
  Every(scheduler_, random_, 400, 600, kAlways, [this] {
    for (const auto& [saga, truth] : truth_.all()) {
      if (!IsEnded(truth.saga->state)) Signal(saga, fmt::format("at-last-{}", random_.Next()));
    }
  });
  // The people on call let everything that is held go on.
  Every(scheduler_, random_, 400, 600, kAlways, [this] {
    for (Seat& seat : seats_) {
      std::vector<Saga> paused;
      seat.node->shard().live().ForEach([&paused](const LiveSaga& live) {
        if (live.saga.paused) paused.push_back(live.saga);
      });
      for (const Saga& saga : paused) {
        Request(*seat.node, saga, {.action = OperatorAction::kResume}, "");
      }
    }
  });
}

bool World::AllSettled() const {
  return std::all_of(truth_.all().begin(), truth_.all().end(), [](const auto& entry) {
    const TrueSaga& truth = entry.second;
    return IsEnded(truth.saga->state) || truth.row.health == SagaHealth::kStuck;
  });
}

}  // namespace saga::sim

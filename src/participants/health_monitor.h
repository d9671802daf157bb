// Asks participants that are down, or suspect, for their health until they answer again.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "base/mutex.h"
#include "base/time.h"
#include "participants/lane.h"
#include "participants/transport.h"

namespace saga::participants {

// What a reply says about reaching the participant. Requires: not our own cancellation.
Sign SignOf(const UnaryReply& reply, Channel& channel);
// The same for an answer of grpc.health.v1: "not serving" counts as not there.
Sign SignOfHealth(const UnaryReply& reply, Channel& channel);

// Threads:   Ask and Recovered from any thread. Owns one thread, on which `on_recovered` is called.
// Promises:  never more than one question to a participant at a time; pauses grow and are jittered.
class HealthMonitor {
 public:
  // Namespace and participant.
  using OnRecovered = std::function<void(const std::string&, const std::string&)>;

  explicit HealthMonitor(OnRecovered on_recovered);
  ~HealthMonitor();  // Stops.
  HealthMonitor(const HealthMonitor&) = delete;
  HealthMonitor& operator=(const HealthMonitor&) = delete;

  // Asks nobody any more and waits for the questions under way; `on_recovered` is not called after
  // it. Not from `on_recovered` itself.
  void Stop();

  // What came of a call or of a question.
  void OnTurn(HealthTurn turn, const std::shared_ptr<Lane>& lane);

 private:
  struct Question;
  // When each lane is asked next; absent while a question is under way.
  using Schedule = std::map<std::shared_ptr<Lane>, std::optional<SteadyTime>>;

  void Run();
  void Ask(const std::shared_ptr<Lane>& lane);
  void OnAnswer(const std::shared_ptr<Lane>& lane, Sign sign);
  SteadyTime NextTime() SAGA_REQUIRES(mutex_);
  double Chance() SAGA_REQUIRES(mutex_);

  const OnRecovered on_recovered_;
  Mutex mutex_;
  CondVar changed_;
  Schedule schedule_ SAGA_GUARDED_BY(mutex_);
  std::vector<std::shared_ptr<Lane>> recovered_ SAGA_GUARDED_BY(mutex_);
  std::minstd_rand random_ SAGA_GUARDED_BY(mutex_);
  std::size_t under_way_ SAGA_GUARDED_BY(mutex_) = 0;
  bool stopping_ SAGA_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace saga::participants

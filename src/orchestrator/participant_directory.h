// Participants as people see them: where they live, how they do. Implemented by participants; the
// API's ParticipantService and the stuck groups read it.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/status.h"
#include "base/time.h"
#include "orchestrator/catalog.h"
#include "orchestrator/core/failure.h"

namespace saga {

// What the engine sees of a participant.
enum class ParticipantHealth : std::uint8_t {
  kUnknown,   // Not called yet.
  kServing,   // Answers.
  kDegraded,  // Some calls fail.
  kDown,      // Cannot be reached.
};

// A participant with its health and load.
struct ParticipantStatus {
  ParticipantRecord record;  // Without `descriptors` and `contract`.
  ParticipantHealth health = ParticipantHealth::kUnknown;
  std::optional<TimePoint> health_since;
  std::int64_t in_flight = 0;  // Calls in flight now.
  std::int64_t waiting = 0;    // Calls that wait for a place.
  double error_ratio = 0;      // Failed calls of those in the last minutes, 0 to 1.
  std::chrono::microseconds p99{0};
  std::optional<TimePoint> last_success;
  Failure last_failure;              // Code kOk = none.
  std::vector<std::string> methods;  // Declared: "shop.pay.v1.Payments/Authorize".
  // "shop.pay.v1.Payments/Authorize" of the contract, and the own method that serves it.
  std::vector<std::pair<std::string, std::string>> adapted;
};

// What a registration asks for.
struct ParticipantChange {
  ParticipantRecord record;      // Without an adapter, one that is there stays.
  bool removes_adapter = false;  // Definitions call the participant's own methods again.
};

struct RegisteredParticipant {
  ParticipantStatus participant;
  bool unchanged = false;
  // Methods that active definitions call and it does not declare; that it could not be asked.
  std::vector<std::string> warnings;
};

struct ProbedParticipant {
  ParticipantStatus participant;  // With fresh health and methods.
  std::vector<std::string> problems;
  std::chrono::microseconds latency{0};
};

// Threads: any. Register and Probe talk to the participant and to the store: they block for a
// bounded time and belong on a worker thread, never on a poller. List and Get answer from memory.
class ParticipantDirectory {
 public:
  virtual ~ParticipantDirectory() = default;

  enum class Mode : std::uint8_t { kRegister, kCheckOnly };
  // Makes it known, or changes how it is reached. With `record.descriptors` empty, those uploaded
  // before are kept, else the participant's reflection is asked; while it cannot be reached, what
  // was known of it before will do. Errors: FIELD_INVALID, STORE_UNAVAILABLE; UNAVAILABLE
  // PARTICIPANT_UNREACHABLE, FAILED_PRECONDITION REFLECTION_MISSING and REFLECTION_FAILED when that
  // leaves it without descriptors, for no call could be built.
  virtual Result<RegisteredParticipant> Register(const ParticipantChange& change,
                                                 const AuditEntry& audit, Mode mode) = 0;
  // By name.
  virtual std::vector<ParticipantStatus> List(const std::string& name_space) const = 0;
  // Absent = not registered.
  virtual std::optional<ParticipantStatus> Get(const std::string& name_space,
                                               const std::string& name) const = 0;
  // Asks for its health now. Errors: PARTICIPANT_NOT_FOUND, or why it does not answer.
  virtual Status Reach(const std::string& name_space, const std::string& name) = 0;
  // Asks its reflection now: a serialised FileDescriptorSet. Errors: PARTICIPANT_NOT_FOUND,
  // PARTICIPANT_UNREACHABLE, REFLECTION_MISSING, REFLECTION_FAILED.
  virtual Result<std::string> FetchTypes(const std::string& name_space,
                                         const std::string& name) = 0;
  // What definitions call at it where an adapter serves them: a serialised FileDescriptorSet; empty
  // = there is no adapter.
  virtual std::string ContractOf(const std::string& name_space, const std::string& name) const = 0;
  // True when the FileDescriptorSet `types` declares other services or messages than registered.
  virtual bool TypesDiffer(const std::string& name_space, const std::string& name,
                           const std::string& types) const = 0;
  // Asks for health and descriptors now. Errors: NOT_FOUND PARTICIPANT_NOT_FOUND. A participant
  // that cannot be reached is no error: it shows in the health and in `problems`.
  virtual Result<ProbedParticipant> Probe(const std::string& name_space,
                                          const std::string& name) = 0;
};

}  // namespace saga

// A Caller as the server makes it, with a definition to call by and a place for its answers.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "orchestrator/core/definition.h"
#include "participants/caller.h"
#include "participants/directory.h"
#include "participants/grpc_transport.h"
#include "participants/registry.h"
#include "store/memory_store.h"
#include "test/stock/v1/stock.pb.h"

namespace saga::test {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Collects replies. Threads: any.
class Inbox {
 public:
  ReplyPlace Place(std::function<bool()> still_owned = {});
  // The answers so far once there are `count`, or what there is after the limit.
  std::vector<CallReplied> Await(std::size_t count, milliseconds limit = seconds(10));
  std::size_t count() const;

 private:
  mutable Mutex mutex_;
  std::vector<CallReplied> replies_ SAGA_GUARDED_BY(mutex_);
};

// A definition of one step "reserve" that calls Reserve, and Release to undo it, at `participant`.
struct StepOptions {
  std::string participant = "stock";
  std::string method = "Reserve";
  std::map<std::string, ErrorRule> errors;
  milliseconds timeout{5000};
};
DefinitionRef OneStep(StepOptions options = {});

// A request for Stock.Reserve that makes the test server behave so.
std::string Behave(const std::string& behaviour, int after_ms = 0);

// The request is the saga's input as it is: mappings are tested where they are made.
Result<std::unique_ptr<const participants::CallCodec>> InputAsRequest(
    const ParticipantCall& call, const participants::CallTypes& request);

class CallerFixture : public ::testing::Test {
 protected:
  explicit CallerFixture(participants::CodecCompiler compile = InputAsRequest);

  ParticipantRecord Record(const std::string& name, const std::string& target,
                           std::uint32_t max_in_flight = 200) const;
  Result<RegisteredParticipant> Register(const ParticipantRecord& record);
  ParticipantCall MakeCall(const DefinitionRef& definition, std::string request) const;
  // Calls and waits for the one answer.
  CallReplied CallAndAwait(const DefinitionRef& definition, std::string request);
  ParticipantStatus Status(const std::string& name) const;
  std::vector<std::string> Recovered() const;

  MemoryStore store_;
  participants::ParticipantRegistry registry_{store_};
  participants::GrpcTransport transport_{2};
  mutable Mutex mutex_;
  std::vector<std::string> recovered_ SAGA_GUARDED_BY(mutex_);
  std::vector<participants::MethodUse> uses_;
  participants::Caller caller_;
  participants::Directory directory_;
};

}  // namespace saga::test

#include "unit/core/scenario.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <sstream>
#include <utility>
#include <vector>

#include "base/overloaded.h"
#include "orchestrator/core/decide.h"
#include "orchestrator/core/follow_up.h"
#include "unit/core/saga_checks.h"
#include "unit/core/scenario_text.h"
#include "unit/core/scripted_conditions.h"

namespace saga::testing {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class Interpreter {
 public:
  explicit Interpreter(std::string_view plan) : definition_(MakePlan(plan)) {}

  void Run(std::string_view script) {
    int number = 0;
    std::stringstream lines{std::string(script)};
    for (std::string line; std::getline(lines, line);) {
      ++number;
      if (Trim(line).empty()) continue;
      const auto columns = Split(line + " ", '|');
      ASSERT_EQ(columns.size(), 3U) << "line " << number << ": " << line;
      const Decision decision = Feed(Words(columns[0]));
      EXPECT_EQ(Facts(*definition_, decision), Trim(columns[1]))
          << "line " << number << ": " << Trim(line);
      EXPECT_EQ(Calls(*definition_, decision), Trim(columns[2]))
          << "line " << number << ": " << Trim(line);
      CheckInvariants(number);
      if (::testing::Test::HasFailure()) return;
    }
  }

 private:
  Decision Feed(const std::vector<std::string>& words) {
    const std::string& verb = words[0];
    if (verb == "start") return Start();
    if (verb == "crash") return Crash();
    if (verb == "jump") {
      now_ += seconds(std::stoi(words[1]));
      return {};
    }
    if (verb == "say") {
      conditions_.Say(words[1], words[2]);
      return {};
    }
    if (verb == "pass") now_ += seconds(std::stoi(words[1]));
    Decision decision = Decide(saga_, InputOf(words), now_, conditions_);
    // After the end nothing is recorded: an effect is for whoever asked.
    if (!IsEnded(saga_.state)) Record(Apply(saga_, decision, now_));
    return decision;
  }

  Input InputOf(const std::vector<std::string>& words) const {
    const std::string& verb = words[0];
    if (verb == "pass") return Wake{};
    if (verb == "reply") return Reply(words[1], words[2]);
    if (verb == "late") {
      CallReplied reply = Outcome(words[2]);
      reply.step = StepOf(words[1]);
      reply.operation = ForwardOperation(definition_->step(reply.step));
      reply.attempt = 1;
      return reply;
    }
    if (verb == "report") return Report(words[1], words[2]);
    if (verb == "signal") {
      return SignalArrived{
          words[1], words[2],
          MakePayload({PayloadEncoding::kJson, "", words.size() > 3 ? words[3] : ""})};
    }
    if (verb == "started" || verb == "busy" || verb == "refused") return Start(verb, words[1]);
    if (verb == "back") return ParticipantRecovered{"p-" + words[1]};
    if (verb == "cancel") return CancelRequest{.actor = "shop", .reason = "customer called"};
    return Request(words);
  }

  OperatorRequest Request(const std::vector<std::string>& words) const {
    OperatorRequest request{.actor = "alice", .reason = "because", .reference = "INC-1"};
    if (words.size() > 1) request.follow_up = FindFollowUp(saga_, words[1]);
    if (words.size() > 1 && !request.follow_up) request.step = StepOf(words[1]);
    const std::string& verb = words[0];
    if (verb == "retry" || verb == "newkey") {
      request.action = OperatorAction::kRetry;
      request.new_key = verb == "newkey";
    } else if (verb == "skip") {
      request.action = OperatorAction::kSettleDone;
      if (words.size() > 2) request.output = MakePayload({PayloadEncoding::kJson, "", words[2]});
    } else if (verb == "reject") {
      request.action = OperatorAction::kSettleRejected;
    } else if (verb == "compensate") {
      request.action = OperatorAction::kCompensate;
    } else if (verb == "resolve") {
      request.action = OperatorAction::kResolve;
    } else if (verb == "pause") {
      request.action = OperatorAction::kPause;
    } else {
      EXPECT_EQ(verb, "resume") << "unknown input";
      request.action = OperatorAction::kResume;
    }
    return request;
  }

  Decision Start() {
    StartRequest request{.saga = SagaId("default", "s1"),
                         .definition = definition_,
                         .input = EmptyPayload(),
                         .deadline = definition_->deadline};
    Decision decision = DecideStart(request, now_, conditions_);
    const NumberedRecord started{Revision{1}, now_, decision.records[0]};
    saga_ = Begin(request.saga, definition_, started);
    Record({started});
    Decision rest = decision;
    rest.records.erase(rest.records.begin());
    Record(Apply(saga_, rest, now_));
    return decision;
  }

  // Another owner: only the journal is left. What it releases is what must be outstanding.
  Decision Crash() {
    saga_ = Replayed();
    MarkRecovered(saga_);
    Decision decision;
    for (const Effect& effect : ResumeEffects(saga_)) {
      decision.effects.push_back(effect);
      MarkReleased(saga_, effect);
    }
    return decision;
  }

  static CallReplied Outcome(const std::string& word) {
    CallReplied reply;
    const auto fail = [&reply](CallOutcome outcome, StatusCode code, const char* reason) {
      reply.outcome = outcome;
      reply.failure = {code, reason, "test", ""};
    };
    if (word == "ok" || word == "declined") {
      reply.outcome = word == "ok" ? CallOutcome::kSucceeded : CallOutcome::kDeclined;
      reply.output = MakePayload({PayloadEncoding::kJson, "", "{}"});
    } else if (word == "no") {
      fail(CallOutcome::kRejected, StatusCode::kFailedPrecondition, "NO");
    } else if (word == "lost") {
      fail(CallOutcome::kUnknown, StatusCode::kUnavailable, "");
    } else if (word == "accepted") {
      reply.outcome = CallOutcome::kAccepted;
    } else if (word == "neither") {
      reply.outcome = CallOutcome::kUnknown;
    } else if (word == "denied") {
      fail(CallOutcome::kMisconfigured, StatusCode::kPermissionDenied, "");
    } else {
      EXPECT_EQ(word, "unsent") << "unknown outcome";
      fail(CallOutcome::kNotSent, StatusCode::kUnavailable, "");
    }
    return reply;
  }

  OutcomeReported Report(const std::string& step, const std::string& outcome) const {
    const CallReplied reply = Outcome(outcome);
    const StepIndex index = StepOf(step);
    const StepProgress& progress = saga_.step(index);
    Operation operation = ForwardOperation(definition_->step(index));
    if (progress.pending && progress.pending->operation != Operation::kQuery) {
      operation = progress.pending->operation;
    }
    return {index, operation, reply.outcome, reply.output, reply.failure};
  }

  FollowUpReplied Start(const std::string& verb, const std::string& name) const {
    const auto place = FindFollowUp(saga_, name);
    EXPECT_TRUE(place.has_value()) << "no follow-up " << name << " was asked for";
    FollowUpReplied reply{.place = place.value_or(FollowUpPlace{})};
    if (verb == "started") reply.outcome = CallOutcome::kSucceeded;
    if (verb == "refused") reply.outcome = CallOutcome::kRejected;
    if (verb != "started") reply.failure = {StatusCode::kUnavailable, "BUSY", "test", ""};
    return reply;
  }

  CallReplied Reply(const std::string& step, const std::string& outcome) const {
    CallReplied reply = Outcome(outcome);
    reply.step = StepOf(step);
    const auto& pending = saga_.step(reply.step).pending;
    EXPECT_TRUE(pending && pending->in_flight) << "no call of " << step << " is outstanding";
    if (pending) {
      reply.operation = pending->operation;
      reply.attempt = pending->attempts;
    }
    return reply;
  }

  StepIndex StepOf(const std::string& id) const {
    const auto step = definition_->Find(id);
    EXPECT_TRUE(step.has_value()) << "unknown step " << id;
    return step.value_or(StepIndex{});
  }

  std::string Name(StepIndex step) const { return definition_->step(step).id; }

  void Record(std::vector<NumberedRecord> records) {
    for (NumberedRecord& record : records) journal_.push_back(std::move(record));
  }

  Saga Replayed() const {
    Saga saga = Begin(SagaId("default", "s1"), definition_, journal_.front());
    for (std::size_t i = 1; i < journal_.size(); ++i) {
      EXPECT_TRUE(Fits(journal_[i].record, *definition_));
      Evolve(saga, journal_[i]);
    }
    return saga;
  }

  void CheckInvariants(int line) const {
    if (journal_.empty()) return;  // Not started yet.
    const std::string difference = DifferenceOf(Replayed(), saga_);
    EXPECT_EQ(difference, "") << "line " << line << ": a replay gives another state";
    EXPECT_EQ(ToNumber(saga_.revision), journal_.size()) << "line " << line;
    EXPECT_EQ(IdleProblem(saga_), "") << "line " << line;
  }

  DefinitionRef definition_;
  ScriptedConditions conditions_;
  Saga saga_;
  std::vector<NumberedRecord> journal_;
  TimePoint now_ = FromMicros(1'700'000'000'000'000);
};

}  // namespace

void Check(std::string_view plan, std::string_view script) { Interpreter(plan).Run(script); }

}  // namespace saga::testing

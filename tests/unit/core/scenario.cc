#include "unit/core/scenario.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <sstream>
#include <utility>
#include <vector>

#include "base/overloaded.h"
#include "orchestrator/core/decide.h"
#include "orchestrator/core/follow_up.h"

namespace saga::testing {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

std::string Trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\n");
  if (first == std::string_view::npos) return "";
  return std::string(text.substr(first, text.find_last_not_of(" \t\n") - first + 1));
}

std::vector<std::string> Split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  std::stringstream stream{std::string(text)};
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(Trim(part));
  return parts;
}

std::vector<std::string> Words(std::string_view text) {
  std::vector<std::string> words;
  std::stringstream stream{std::string(text)};
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

Step MakeStep(std::string text, std::vector<StepIndex> after, bool past_pivot) {
  Step step;
  const std::string marks = text.substr(
      text.find_first_of("!?-@&") == std::string::npos ? text.size() : text.find_first_of("!?-@&"));
  step.id = text.substr(0, text.size() - marks.size());
  const auto marked = [&marks](char mark) { return marks.find(mark) != std::string::npos; };
  step.after = std::move(after);
  step.action = {
      .participant = "p-" + step.id,
      .method = "Do",
      .retry = {.attempts = 3, .backoff = seconds(1), .max = seconds(60), .jitter = false}};
  step.pivot = marked('!');
  step.optional = marked('?');
  step.hold_when_stuck = marked('&');
  step.in_doubt = marked('@') ? InDoubtRule::kUndo : InDoubtRule::kResolve;
  if (!step.pivot && !past_pivot && !marked('-')) {
    step.undo =
        Call{.participant = "p-" + step.id,
             .method = "Undo",
             .retry = {.attempts = 2, .backoff = seconds(1), .max = seconds(60), .jitter = false}};
  }
  return step;
}

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
      EXPECT_EQ(Facts(decision), Trim(columns[1])) << "line " << number << ": " << Trim(line);
      EXPECT_EQ(Calls(decision), Trim(columns[2])) << "line " << number << ": " << Trim(line);
      CheckInvariants(number);
      if (::testing::Test::HasFailure()) return;
    }
  }

 private:
  Decision Feed(const std::vector<std::string>& words) {
    const std::string& verb = words[0];
    if (verb == "start") return Start();
    if (verb == "crash") return Crash();
    if (verb == "pass") now_ += seconds(std::stoi(words[1]));
    Decision decision = Decide(saga_, InputOf(words), now_, NoConditions());
    Record(Apply(saga_, decision, now_));
    return decision;
  }

  Input InputOf(const std::vector<std::string>& words) const {
    const std::string& verb = words[0];
    if (verb == "pass") return Wake{};
    if (verb == "reply") return Reply(words[1], words[2]);
    if (verb == "late") {
      CallReplied reply = Outcome(words[2]);
      reply.step = StepOf(words[1]);
      reply.attempt = 1;
      return reply;
    }
    if (verb == "back") return ParticipantRecovered{"p-" + words[1]};
    if (verb == "cancel") return CancelRequest{.actor = "shop", .reason = "customer called"};
    return Request(words);
  }

  OperatorRequest Request(const std::vector<std::string>& words) const {
    OperatorRequest request{.actor = "alice", .reason = "because", .reference = "INC-1"};
    if (words.size() > 1) request.step = StepOf(words[1]);
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
    Decision decision = DecideStart(request, now_, NoConditions());
    const NumberedRecord started{Revision{1}, now_, decision.records[0]};
    saga_ = Begin(request.saga, definition_, started);
    for (const Effect& effect : decision.effects) MarkReleased(saga_, effect);
    Record({started});
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
    } else if (word == "denied") {
      fail(CallOutcome::kMisconfigured, StatusCode::kPermissionDenied, "");
    } else {
      EXPECT_EQ(word, "unsent") << "unknown outcome";
      fail(CallOutcome::kNotSent, StatusCode::kUnavailable, "");
    }
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

  std::string FollowUpFact(const char* name, const FollowUpPlace& place) const {
    return fmt::format("{}({})", name, FollowUpName(*definition_, place));
  }

  std::string Fact(const saga::Record& record) const {
    const auto with = [this](const char* name, StepIndex step) {
      return fmt::format("{}({})", name, Name(step));
    };
    return std::visit(
        Overloaded{
            [](const SagaStarted&) { return std::string("SagaStarted"); },
            [&](const StepSucceeded& r) {
              return with(r.declined ? "StepDeclined" : "StepSucceeded", r.step);
            },
            [&](const StepRejected& r) {
              return with(r.may_have_happened ? "StepRejected?" : "StepRejected", r.step);
            },
            [&](const StepInDoubt& r) { return with("StepInDoubt", r.step); },
            [&](const StepRetrying& r) { return with("StepRetrying", r.step); },
            [&](const StepGivenUp& r) { return with("StepGivenUp", r.step); },
            [&](const StepLate& r) { return with("StepLate", r.step); },
            [&](const StepUndone& r) { return with("StepUndone", r.step); },
            [&](const StepStuck& r) {
              return fmt::format("StepStuck({} {})", Name(r.step), StuckReasonName(r.reason));
            },
            [&](const StepRecovered& r) { return with("StepRecovered", r.step); },
            [&](const CompensationStarted& r) {
              return fmt::format("CompensationStarted({})", CompensationCauseName(r.cause));
            },
            [](const SagaPaused&) { return std::string("SagaPaused"); },
            [](const SagaResumed&) { return std::string("SagaResumed"); },
            [](const OperatorActed&) { return std::string("OperatorActed"); },
            [](const SagaSucceeded&) { return std::string("SagaSucceeded"); },
            [](const SagaCompensated&) { return std::string("SagaCompensated"); },
            [](const SagaResolved&) { return std::string("SagaResolved"); },
            [](const HoldsDecided& r) {
              return fmt::format("HoldsDecided({})", HoldDecisionName(r.decision));
            },
            [&](const StepAccepted& r) { return with("StepAccepted", r.step); },
            [&](const StepConfirmed& r) { return with("StepConfirmed", r.step); },
            [&](const StepCancelled& r) { return with("StepCancelled", r.step); },
            [&](const TimerFired& r) { return with("TimerFired", r.step); },
            [](const SignalReceived& r) { return fmt::format("SignalReceived({})", r.id); },
            [&](const FollowUpRequested& r) { return FollowUpFact("FollowUpRequested", r.place); },
            [&](const FollowUpStarted& r) { return FollowUpFact("FollowUpStarted", r.place); },
            [&](const FollowUpStuck& r) { return FollowUpFact("FollowUpStuck", r.place); },
            [&](const FollowUpRecovered& r) { return FollowUpFact("FollowUpRecovered", r.place); },
        },
        record);
  }

  std::string Facts(const Decision& decision) const {
    if (!decision.refusal.ok()) return "refused " + decision.refusal.reason();
    std::vector<std::string> facts;
    for (const saga::Record& record : decision.records) facts.push_back(Fact(record));
    for (const StepRetrying& note : decision.unjournalled)
      facts.push_back(fmt::format("again({})", Name(note.step)));
    return fmt::format("{}", fmt::join(facts, " "));
  }

  std::string Calls(const Decision& decision) const {
    std::vector<std::string> calls;
    for (const Effect& effect : decision.effects) {
      calls.push_back(std::visit(
          Overloaded{[this](const CallParticipant& call) {
                       const bool action = call.operation == Operation::kAction;
                       return fmt::format("{} {}", action ? "call" : OperationName(call.operation),
                                          Name(call.step));
                     },
                     [this](const StartFollowUp& start) {
                       return fmt::format("start {}", FollowUpName(*definition_, start.place));
                     }},
          effect));
    }
    return fmt::format("{}", fmt::join(calls, ", "));
  }

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
    const Saga replayed = Replayed();
    EXPECT_EQ(replayed.state, saga_.state) << "line " << line;
    EXPECT_EQ(replayed.revision, saga_.revision) << "line " << line;
    EXPECT_EQ(replayed.paused, saga_.paused) << "line " << line;
    EXPECT_EQ(ToNumber(saga_.revision), journal_.size()) << "line " << line;
    for (std::size_t i = 0; i < saga_.steps.size(); ++i) {
      EXPECT_EQ(StepStateName(replayed.steps[i].state), StepStateName(saga_.steps[i].state))
          << "line " << line;
      EXPECT_EQ(replayed.steps[i].effect_possible, saga_.steps[i].effect_possible)
          << "line " << line << " " << Name(ToStep(i));
      EXPECT_EQ(replayed.steps[i].pending.has_value(), saga_.steps[i].pending.has_value())
          << "line " << line;
    }
    // Nothing is due that was not released: while the saga is not held, every outstanding call is
    // in flight, waits for its time, or is stuck.
    if (!saga_.paused && !IsEnded(saga_.state)) {
      EXPECT_TRUE(ResumeEffects(saga_).empty()) << "line " << line << ": due but not released";
      bool outstanding = false;
      for (const StepProgress& step : saga_.steps)
        outstanding = outstanding || step.pending.has_value();
      EXPECT_TRUE(outstanding) << "line " << line
                               << ": the saga lives and nothing will ever move it";
    }
  }

  DefinitionRef definition_;
  Saga saga_;
  std::vector<NumberedRecord> journal_;
  TimePoint now_ = FromMicros(1'700'000'000'000'000);
};

}  // namespace

DefinitionRef MakePlan(std::string_view plan) {
  Definition definition;
  definition.name_space = "default";
  definition.name = "plan";
  definition.version = 1;
  definition.deadline = seconds(60);
  std::vector<StepIndex> last;
  bool past_pivot = false;
  for (const std::string& group : Split(plan, ',')) {
    std::string names = group;
    std::erase(names, '[');
    std::erase(names, ']');
    std::vector<StepIndex> current;
    for (const std::string& name : Words(names)) {
      current.push_back(ToStep(definition.steps.size()));
      definition.steps.push_back(MakeStep(name, last, past_pivot));
    }
    past_pivot = past_pivot || definition.steps.back().pivot;
    last = current;
  }
  auto made = Definition::Make(std::move(definition));
  EXPECT_TRUE(made.ok()) << made.status().ToString();
  return std::move(made).value();
}

void Check(std::string_view plan, std::string_view script) { Interpreter(plan).Run(script); }

}  // namespace saga::testing

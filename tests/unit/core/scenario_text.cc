#include "unit/core/scenario_text.h"

#include <fmt/format.h>

#include <sstream>

#include "base/overloaded.h"
#include "orchestrator/core/follow_up.h"

namespace saga::testing {

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

namespace {

class Teller {
 public:
  explicit Teller(const Definition& definition) : definition_(definition) {}

  std::string operator()(const SagaStarted& r) const { return Whole("SagaStarted", r); }
  std::string operator()(const StepSucceeded& r) const {
    return About(r.declined ? "StepDeclined" : "StepSucceeded", r);
  }
  std::string operator()(const StepRejected& r) const {
    return About(r.may_have_happened ? "StepRejected?" : "StepRejected", r);
  }
  std::string operator()(const StepInDoubt& r) const { return About("StepInDoubt", r); }
  std::string operator()(const StepRetrying& r) const { return About("StepRetrying", r); }
  std::string operator()(const StepGivenUp& r) const { return About("StepGivenUp", r); }
  std::string operator()(const StepLate& r) const { return About("StepLate", r); }
  std::string operator()(const StepUndone& r) const { return About("StepUndone", r); }
  std::string operator()(const StepStuck& r) const {
    return fmt::format("StepStuck({} {})", Name(r.step), StuckReasonName(r.reason));
  }
  std::string operator()(const StepRecovered& r) const { return About("StepRecovered", r); }
  std::string operator()(const CompensationStarted& r) const {
    return fmt::format("CompensationStarted({})", CompensationCauseName(r.cause));
  }
  std::string operator()(const SagaPaused&) const { return "SagaPaused"; }
  std::string operator()(const SagaResumed&) const { return "SagaResumed"; }
  std::string operator()(const OperatorActed&) const { return "OperatorActed"; }
  std::string operator()(const SagaSucceeded&) const { return "SagaSucceeded"; }
  std::string operator()(const SagaCompensated&) const { return "SagaCompensated"; }
  std::string operator()(const SagaResolved&) const { return "SagaResolved"; }
  std::string operator()(const HoldsDecided& r) const {
    return fmt::format("HoldsDecided({})", HoldDecisionName(r.decision));
  }
  std::string operator()(const StepAccepted& r) const { return About("StepAccepted", r); }
  std::string operator()(const StepConfirmed& r) const { return About("StepConfirmed", r); }
  std::string operator()(const StepCancelled& r) const { return About("StepCancelled", r); }
  std::string operator()(const TimerFired& r) const { return About("TimerFired", r); }
  std::string operator()(const SignalReceived& r) const {
    return fmt::format("SignalReceived({})", r.id);
  }
  std::string operator()(const FollowUpRequested& r) const { return At("FollowUpRequested", r); }
  std::string operator()(const FollowUpStarted& r) const { return At("FollowUpStarted", r); }
  std::string operator()(const FollowUpStuck& r) const { return At("FollowUpStuck", r); }
  std::string operator()(const FollowUpRecovered& r) const { return At("FollowUpRecovered", r); }

 private:
  std::string Name(StepIndex step) const { return definition_.step(step).id; }

  // Skipped and waiting steps; what is due is seen in the calls.
  template <typename R>
  std::string Opened(const R& record) const {
    std::string text;
    if constexpr (requires { record.skipped; }) {
      for (const StepIndex step : record.skipped) text += " skips " + Name(step);
      for (const StepWait& wait : record.waits) {
        const bool called = HasCall(definition_.step(wait.step), Operation::kAction);
        if (!called) text += " waits " + Name(wait.step);
      }
    }
    return text;
  }
  template <typename R>
  std::string Whole(const char* name, const R& record) const {
    const std::string opened = Opened(record);
    return opened.empty() ? name : fmt::format("{}({})", name, Trim(opened));
  }
  template <typename R>
  std::string About(const char* name, const R& record) const {
    return fmt::format("{}({}{})", name, Name(record.step), Opened(record));
  }
  template <typename R>
  std::string At(const char* name, const R& record) const {
    return fmt::format("{}({})", name, FollowUpName(definition_, record.place));
  }

  const Definition& definition_;
};

}  // namespace

std::string Fact(const Definition& definition, const Record& record) {
  return std::visit(Teller(definition), record);
}

std::string Facts(const Definition& definition, const Decision& decision) {
  if (!decision.refusal.ok()) return "refused " + decision.refusal.reason();
  if (decision.repeated) return "repeated";
  std::vector<std::string> facts;
  for (const Record& record : decision.records) facts.push_back(Fact(definition, record));
  for (const StepRetrying& note : decision.unjournalled)
    facts.push_back(fmt::format("again({})", definition.step(note.step).id));
  for (const FollowUpRetrying& note : decision.follow_ups_waiting)
    facts.push_back(fmt::format("again({})", FollowUpName(definition, note.place)));
  return fmt::format("{}", fmt::join(facts, " "));
}

std::string Calls(const Definition& definition, const Decision& decision) {
  std::vector<std::string> calls;
  for (const Effect& effect : decision.effects) {
    calls.push_back(std::visit(
        Overloaded{[&](const CallParticipant& call) {
                     const bool action = call.operation == Operation::kAction;
                     return fmt::format("{} {}", action ? "call" : OperationName(call.operation),
                                        definition.step(call.step).id);
                   },
                   [&](const StartFollowUp& start) {
                     return fmt::format("start {}", FollowUpName(definition, start.place));
                   }},
        effect));
  }
  return fmt::format("{}", fmt::join(calls, ", "));
}

}  // namespace saga::testing

#include "simulate/run.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/check.h"
#include "base/overloaded.h"
#include "orchestrator/core/decide.h"
#include "orchestrator/core/follow_up.h"
#include "simulate/limits.h"
#include "simulate/stage.h"

namespace saga::simulate {
namespace {

constexpr TimePoint kStart{std::chrono::hours(24 * 366 * 50)};

class Runner final {
 public:
  Runner(const Scenario& scenario, std::vector<Fault> faults)
      : scenario_(scenario), stage_(scenario, std::move(faults)) {}

  RunResult Run();

 private:
  void Start();
  // The next thing that arrives; false when nothing ever will.
  bool Step();
  void Take(const Decision& decision);
  void Release(const saga::Effect& effect);
  void Call(const CallParticipant& call);
  // The call is repeated for as long as it fails.
  bool IsUnlimited(const CallParticipant& call) const;
  void Note(const CallParticipant& call, const Reaction& reaction);
  bool IsLeft(std::size_t step) const;
  void StartFollowUp(const saga::StartFollowUp& start);
  void SendSignals();
  void Post(Duration after, Input input) { arrivals_.emplace(now_ + after, std::move(input)); }
  void Conclude();
  Rest RestOf() const;
  void NoteOutput();

  const Scenario& scenario_;
  Stage stage_;
  Saga saga_;
  TimePoint now_ = kStart;
  std::multimap<TimePoint, Input> arrivals_;
  std::vector<bool> signalled_;
  RunResult result_;
};

void Runner::Start() {
  const Definition& definition = *scenario_.definition();
  const StartRequest request{.saga = SagaId(definition.name_space, "simulated"),
                             .definition = scenario_.definition(),
                             .input = scenario_.input(),
                             .business_key = scenario_.business_key(),
                             .labels = {},
                             .deadline = definition.deadline,
                             .start_digest = {},
                             .started_by = "simulation",
                             .traceparent = {}};
  Decision decision = DecideStart(request, now_, scenario_.conditions());
  SAGA_CHECK(!decision.records.empty());
  result_.records.push_back({Next(Revision{}), now_, decision.records.front()});
  saga_ = Begin(request.saga, request.definition, result_.records.back());
  decision.records.erase(decision.records.begin());
  signalled_.resize(definition.steps.size(), false);
  Take(decision);
}

void Runner::Take(const Decision& decision) {
  for (NumberedRecord& record : Apply(saga_, decision, now_)) {
    result_.records.push_back(std::move(record));
  }
  for (const saga::Effect& effect : decision.effects) Release(effect);
  SendSignals();
}

void Runner::Release(const saga::Effect& effect) {
  std::visit(Overloaded{[this](const CallParticipant& call) { Call(call); },
                        [this](const saga::StartFollowUp& start) { StartFollowUp(start); }},
             effect);
}

void Runner::Call(const CallParticipant& call) {
  Reaction reaction = stage_.Call(saga_, call);
  Note(call, reaction);
  Duration after = reaction.after;
  if (call.attempt > kPatientAttempts && IsUnlimited(call)) {
    const auto doublings = std::min<std::uint32_t>(call.attempt - kPatientAttempts, 32);
    after = std::min<Duration>(kHorizon, after * (std::int64_t{1} << doublings));
  }
  if (reaction.report) Post(after + kReportTakes, *std::move(reaction.report));
  Post(after, std::move(reaction.reply));
}

bool Runner::IsUnlimited(const CallParticipant& call) const {
  const saga::Step& step = saga_.definition->step(call.step);
  // An answer that is only asked for to turn back has the patience of the undo.
  const bool resolving = saga_.step(call.step).state == StepState::kResolving && step.undo;
  const RetryPolicy& policy =
      resolving ? step.undo->retry : saga_.definition->call(call.step, call.operation).retry;
  return policy.attempts == 0;
}

void Runner::Note(const CallParticipant& call, const Reaction& reaction) {
  const bool unlimited = IsUnlimited(call);
  if (unlimited && call.attempt > kPatientAttempts) return;
  result_.calls.push_back({.at = now_ - kStart,
                           .step = call.step,
                           .operation = call.operation,
                           .attempt = call.attempt,
                           .outcome = reaction.reply.outcome,
                           .failure = reaction.reply.failure,
                           .acted = reaction.acted,
                           .unsendable = reaction.unsendable,
                           .endless = unlimited && call.attempt == kPatientAttempts});
  if (!reaction.unsendable) return;
  const std::pair place(call.step, call.operation);
  auto& lacking = result_.lacking;
  if (std::find(lacking.begin(), lacking.end(), place) == lacking.end()) lacking.push_back(place);
}

void Runner::StartFollowUp(const saga::StartFollowUp& start) {
  const FollowUp& follow_up = FollowUpAt(*saga_.definition, start.place);
  FollowUpReplied reply{.place = start.place, .outcome = CallOutcome::kSucceeded, .failure = {}};
  const std::vector<PayloadRef> outputs = OutputsOf(saga_);
  const Failure failure = saga_.compensation ? saga_.compensation->failure : Failure();
  std::optional<StepIndex> own;
  if (start.place.kind == FollowUpKind::kLate) own = ToStep(start.place.index);
  Result<std::string> input =
      BuildJson(follow_up.with, scenario_.types(), ScopeOf(saga_, outputs, failure), own);
  if (input.ok()) {
    result_.follow_ups.push_back(
        {FollowUpName(*saga_.definition, start.place), follow_up.definition, *std::move(input)});
  } else {
    reply.outcome = CallOutcome::kRejected;
    reply.failure = {.code = input.status().code(),
                     .reason = input.status().reason(),
                     .domain = {},
                     .message = input.status().message()};
  }
  Post(kCallTakes, std::move(reply));
}

void Runner::SendSignals() {
  for (std::size_t i = 0; i < saga_.steps.size(); ++i) {
    const auto& pending = saga_.steps[i].pending;
    if (!pending || pending->awaited != Awaited::kSignal || signalled_[i]) continue;
    signalled_[i] = true;
    if (!stage_.SignalComes(ToStep(i))) continue;
    Duration after = kSignalTakes;
    if (pending->until) after = std::min<Duration>(after, (*pending->until - now_) / 2);
    const saga::Step& step = saga_.definition->steps[i];
    Post(after, SignalArrived{step.signal, "simulated-" + step.id, scenario_.Signal(ToStep(i))});
  }
}

bool Runner::Step() {
  const std::optional<TimePoint> wake = NextWake(saga_);
  const bool arrives = !arrivals_.empty();
  if (!arrives && !wake) return false;
  Input input = Wake{};
  if (arrives && (!wake || arrivals_.begin()->first <= *wake)) {
    now_ = arrivals_.begin()->first;
    input = std::move(arrivals_.begin()->second);
    arrivals_.erase(arrivals_.begin());
  } else {
    now_ = std::max(now_, *wake);
  }
  if (now_ - kStart > kHorizon) return false;
  Take(Decide(saga_, input, now_, scenario_.conditions()));
  return true;
}

Rest Runner::RestOf() const {
  if (saga_.state == SagaState::kSucceeded) return Rest::kSucceeded;
  if (IsEnded(saga_.state)) return Rest::kCompensated;
  if (!result_.stuck.empty() || StuckFollowUp(saga_) != nullptr) return Rest::kStuck;
  const bool retries =
      std::any_of(saga_.steps.begin(), saga_.steps.end(), [](const StepProgress& step) {
        return step.pending && step.pending->awaited == Awaited::kAnswer;
      });
  return retries ? Rest::kRetrying : Rest::kWaiting;
}

void Runner::NoteOutput() {
  const Failure none;
  const std::vector<PayloadRef> outputs = OutputsOf(saga_);
  Result<std::string> output =
      BuildJson(saga_.definition->output, scenario_.types(), ScopeOf(saga_, outputs, none));
  if (!output.ok()) {
    result_.output_problem = output.status().message();
  } else if (!output->empty()) {
    result_.output = *std::move(output);
  }
}

bool Runner::IsLeft(std::size_t step) const {
  const Trace trace = stage_.trace(ToStep(step));
  const bool there = trace == Trace::kHeld || trace == Trace::kDone;
  if (!there || !saga_.definition->steps[step].undo) return false;
  if (saga_.compensation) return true;
  const bool given_up = saga_.steps[step].state == StepState::kGivenUp;
  return result_.rest == Rest::kSucceeded && (trace == Trace::kHeld || given_up);
}

void Runner::Conclude() {
  for (std::size_t i = 0; i < saga_.steps.size(); ++i) {
    const StepProgress& step = saga_.steps[i];
    if (step.pending && step.pending->stuck) {
      result_.stuck.push_back(
          {ToStep(i), step.pending->operation, *step.pending->stuck, step.failure});
    }
  }
  result_.rest = RestOf();
  result_.took = now_ - kStart;
  result_.places = stage_.places();
  if (saga_.compensation) result_.failure = saga_.compensation->failure;
  for (std::size_t i = 0; i < saga_.steps.size(); ++i) {
    if (IsLeft(i)) result_.left.push_back(ToStep(i));
  }
  if (result_.rest == Rest::kSucceeded) NoteOutput();
}

RunResult Runner::Run() {
  Start();
  for (std::size_t i = 0; i < kInputsMax && !IsEnded(saga_.state); ++i) {
    if (!Step()) break;
  }
  Conclude();
  return std::move(result_);
}

}  // namespace

std::string_view RestName(Rest rest) {
  switch (rest) {
    case Rest::kSucceeded:
      return "SUCCEEDED";
    case Rest::kCompensated:
      return "COMPENSATED";
    case Rest::kStuck:
      return "STUCK";
    case Rest::kRetrying:
      return "RETRYING";
    case Rest::kWaiting:
      return "WAITING";
  }
  SAGA_UNREACHABLE();
}

RunResult RunSaga(const Scenario& scenario, std::vector<Fault> faults) {
  return Runner(scenario, std::move(faults)).Run();
}

}  // namespace saga::simulate

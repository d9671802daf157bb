#include "api/operator_action.h"

#include <fmt/format.h>

#include <utility>

#include "api/convert.h"
#include "api/names.h"
#include "api/saga_view.h"
#include "api/validation.h"
#include "base/hash.h"
#include "base/suggest.h"

namespace saga::api {
namespace {

Result<StepIndex> FindStep(const Definition& definition, const std::string& step_id) {
  if (const std::optional<StepIndex> index = definition.Find(step_id)) return *index;
  std::vector<std::string> names;
  for (const Step& step : definition.steps) names.push_back(step.id);
  return Status(StatusCode::kNotFound, "STEP_NOT_FOUND",
                fmt::format("{} has no step '{}'{}", definition.NameAtVersion(), step_id,
                            DidYouMean(step_id, names)))
      .WithMetadata("step", step_id);
}

// What stays as it is when nobody is called any more.
void AddWarnings(const Saga& saga, const OperatorRequest& request, v1::ActionEffect& effect) {
  if (request.action != OperatorAction::kResolve) return;
  for (std::size_t i = 0; i < saga.steps.size(); ++i) {
    const Step& spec = saga.definition->steps[i];
    const StepProgress& step = saga.steps[i];
    // The end has taken what was outstanding, the states still tell it.
    const bool open = step.state == StepState::kRunning || step.state == StepState::kInDoubt ||
                      step.state == StepState::kResolving || step.state == StepState::kUndoing;
    const bool has_effect = step.state == StepState::kSucceeded;
    if (request.resolve_as == ResolvedAs::kCompensated && spec.undo && (open || has_effect)) {
      effect.add_warnings(fmt::format("left undone: {}/undo", spec.id));
    } else if (request.resolve_as == ResolvedAs::kSucceeded && open) {
      effect.add_warnings(fmt::format("its answer will not be waited for: {}", spec.id));
    }
  }
}

void FillEffect(const RequestAnswer& answer, const OperatorRequest& request,
                const ViewContext& view, v1::ActionEffect& effect) {
  ToProto(*answer.saga, View::kSteps, view, *effect.mutable_saga());
  effect.set_previous_state(ToProto(answer.previous_state));
  ToProto(*answer.saga, answer.plan, *effect.mutable_plan());
  AddWarnings(*answer.saga, request, effect);
}

// The saga is not live: the first answer again when it ended by this very request, else a refusal.
Status AnswerForEnded(SagaFinder& finder, const OperatorActionRequest& action,
                      v1::ActionEffect& effect) {
  SAGA_ASSIGN_OR_RETURN(const EndedSaga ended, finder.LoadEnded(action.saga));
  const std::string& digest = action.request.request_digest;
  if (!digest.empty() && digest == ended.saga.last_request_digest) {
    ToProto(ended.saga, View::kSteps, finder.view(), *effect.mutable_saga());
    effect.set_previous_state(ToProto(ended.saga.state));
    return Status::Ok();
  }
  return SagaEnded(ended.saga);
}

void Operate(Orchestrator& orchestrator, SagaFinder& finder, const OperatorActionRequest& action,
             v1::ActionEffect& effect, const Finisher& finisher) {
  orchestrator.Operate(
      action.saga, action.request, action.mode,
      [&finder, action, &effect, finisher](const RequestAnswer& answer) {
        if (!answer.status.ok()) return finisher.Finish(answer.status);
        if (answer.saga == nullptr) {
          finder.OnPool(
              [&finder, action, &effect] { return AnswerForEnded(finder, action, effect); },
              [finisher](const Status& status) { finisher.Finish(status); });
          return;
        }
        FillEffect(answer, action.request, finder.view(), effect);
        finisher.Finish(Status::Ok());
      });
}

}  // namespace

Result<OperatorActionRequest> ReadAction(OperatorAction action, const std::string& name,
                                         const v1::ActionContext& context, const Caller& caller) {
  OperatorActionRequest result;
  SAGA_ASSIGN_OR_RETURN(result.saga, ParseSagaName("name", name));
  SAGA_ASSIGN_OR_RETURN(result.request.etag, ReadActionContext(context));
  result.mode = context.validate_only() ? Orchestrator::Mode::kDryRun : Orchestrator::Mode::kDo;
  result.request.action = action;
  result.request.actor = caller.actor;
  result.request.client = caller.client;
  result.request.reason = context.reason();
  return result;
}

void SetDigest(OperatorActionRequest& action) {
  OperatorRequest& request = action.request;
  if (!request.etag) return;
  const Payload none;
  const Payload& output = request.output ? *request.output : none;
  std::string body;
  const auto add = [&](std::string_view part) { body += fmt::format("{}:{};", part.size(), part); };
  add(action.saga.text());
  add(std::to_string(static_cast<int>(request.action)));
  add(request.actor);
  add(request.reason);
  add(request.reference);
  add(FormatEtag(*request.etag));
  add(action.step_id);
  add(request.operation ? OperationName(*request.operation) : std::string_view());
  add(request.new_key ? "new" : "");
  add(std::to_string(static_cast<int>(request.resolve_as)));
  add(output.type);
  add(output.bytes);
  request.request_digest = Sha256Hex(body);
}

void Perform(Orchestrator& orchestrator, SagaFinder& finder, OperatorActionRequest action,
             v1::ActionEffect& effect, const Finisher& finisher) {
  if (action.step_id.empty()) {
    return Operate(orchestrator, finder, action, effect, finisher);
  }
  // A step is named as people know it; only the saga's own definition says which one that is.
  orchestrator.Get(action.saga, [&orchestrator, &finder, action, &effect,
                                 finisher](const RequestAnswer& answer) mutable {
    if (!answer.status.ok()) return finisher.Finish(answer.status);
    if (answer.saga != nullptr) {
      const Result<StepIndex> step = FindStep(*answer.saga->definition, action.step_id);
      if (!step.ok()) return finisher.Finish(step.status());
      action.request.step = *step;
      if (action.check_output && action.request.output) {
        const DefinitionRef definition = answer.saga->definition;
        return finder.OnPool(
            [action, definition] {
              return action.check_output(*definition, *action.request.step, *action.request.output);
            },
            [&orchestrator, &finder, action, &effect, finisher](const Status& status) {
              if (!status.ok()) return finisher.Finish(status);
              Operate(orchestrator, finder, action, effect, finisher);
            });
      }
    }
    // Not live: Operate finds that out again and says why.
    Operate(orchestrator, finder, action, effect, finisher);
  });
}

}  // namespace saga::api

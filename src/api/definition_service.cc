#include "api/definition_service.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <utility>

#include "api/convert.h"
#include "api/definition_convert.h"
#include "api/limits.h"
#include "api/names.h"
#include "api/page_token.h"
#include "api/validation.h"
#include "orchestrator/core/limits.h"

namespace saga::api {
namespace {

constexpr const char* kRegister = "saga.v1.DefinitionService/RegisterDefinition";
constexpr const char* kLint = "saga.v1.DefinitionService/LintDefinition";
constexpr const char* kDiff = "saga.v1.DefinitionService/DiffDefinition";
constexpr const char* kGet = "saga.v1.DefinitionService/GetDefinition";
constexpr const char* kList = "saga.v1.DefinitionService/ListDefinitions";
constexpr const char* kActivate = "saga.v1.DefinitionService/ActivateDefinition";
constexpr const char* kRetire = "saga.v1.DefinitionService/RetireDefinition";

AuditEntry AuditOf(const Caller& caller, std::string method, const DefinitionVersion& version,
                   const std::string& reason) {
  return {.name_space = version.name_space,
          .actor = caller.actor,
          .client = caller.client,
          .method = std::move(method),
          .resource = DefinitionVersionName(version.name_space, version.name, version.version),
          .reason = reason,
          .outcome = "accepted"};
}

struct Ways {
  Forwarder& forwarder;
  BlockingPool& pool;
};

// Lets the owner answer; else runs `work` on the pool, and finishes the call with what it says.
template <typename Request, typename Response>
grpc::ServerUnaryReactor* OnPool(Ways ways, grpc::CallbackServerContext* context,
                                 const char* method, const Request& request, Response& response,
                                 std::function<Status(const Caller&)> work) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  const Finisher finisher(reactor, method);
  if (ways.forwarder.Forward(*context, "", request, response, finisher)) return reactor;
  const Result<Caller> caller = CallerOf(*context);
  if (!caller.ok()) {
    finisher.Finish(caller.status());
    return reactor;
  }
  const Status accepted = ways.pool.Submit(
      [finisher, caller = *caller, work = std::move(work)] { finisher.Finish(work(caller)); });
  if (!accepted.ok()) finisher.Finish(accepted);
  return reactor;
}

}  // namespace

grpc::ServerUnaryReactor* DefinitionService::RegisterDefinition(
    grpc::CallbackServerContext* context, const v1::RegisterDefinitionRequest* request,
    v1::RegisterDefinitionResponse* response) {
  return OnPool(Ways{forwarder_, pool_}, context, kRegister, *request, *response,
                [this, request, response](const Caller& caller) {
                  return Register(*request, caller, *response);
                });
}

Status DefinitionService::Register(const v1::RegisterDefinitionRequest& request,
                                   const Caller& caller, v1::RegisterDefinitionResponse& response) {
  SAGA_ASSIGN_OR_RETURN(const std::string name_space, ParseParent("parent", request.parent()));
  SAGA_RETURN_IF_ERROR(CheckSource(request.source()));
  SAGA_RETURN_IF_ERROR(CheckText("reason", request.reason(), kReasonCharsMax));
  SAGA_ASSIGN_OR_RETURN(const DefinitionFormat format, FormatOf(request.source_format()));
  SAGA_ASSIGN_OR_RETURN(const RegistrationOutcome outcome,
                        definitions_.Register({.name_space = name_space,
                                               .source = request.source(),
                                               .source_format = std::string(FormatName(format)),
                                               .registered_by = caller.actor,
                                               .client = caller.client,
                                               .reason = request.reason(),
                                               .activate = request.activate(),
                                               .validate_only = request.validate_only()}));
  if (HasErrors(outcome.diagnostics)) return DefinitionInvalid(outcome.diagnostics);
  for (const Diagnostic& diagnostic : outcome.diagnostics) {
    ToProto(diagnostic, *response.add_diagnostics());
  }
  response.set_unchanged(outcome.unchanged);
  Fill(outcome.version, Detail::kWithoutSource, *response.mutable_definition());
  return Status::Ok();
}

grpc::ServerUnaryReactor* DefinitionService::LintDefinition(
    grpc::CallbackServerContext* context, const v1::LintDefinitionRequest* request,
    v1::LintDefinitionResponse* response) {
  return OnPool(Ways{forwarder_, pool_}, context, kLint, *request, *response,
                [this, request, response](const Caller&) -> Status {
                  SAGA_ASSIGN_OR_RETURN(const std::string name_space,
                                        ParseParent("parent", request->parent()));
                  SAGA_RETURN_IF_ERROR(CheckSource(request->source()));
                  SAGA_ASSIGN_OR_RETURN(const DefinitionFormat format,
                                        FormatOf(request->source_format()));
                  const Reach reach = [this, &name_space](const std::string& participant) {
                    return participants_.Reach(name_space, participant);
                  };
                  const LoadedDefinition loaded =
                      definitions_.Lint(name_space, request->source(), format, reach);
                  for (const Diagnostic& diagnostic : loaded.diagnostics) {
                    ToProto(diagnostic, *response->add_diagnostics());
                  }
                  return Status::Ok();
                });
}

grpc::ServerUnaryReactor* DefinitionService::DiffDefinition(
    grpc::CallbackServerContext* context, const v1::DiffDefinitionRequest* request,
    v1::DiffDefinitionResponse* response) {
  return OnPool(Ways{forwarder_, pool_}, context, kDiff, *request, *response,
                [this, request, response](const Caller&) { return Diff(*request, *response); });
}

Status DefinitionService::Diff(const v1::DiffDefinitionRequest& request,
                               v1::DiffDefinitionResponse& response) {
  SAGA_ASSIGN_OR_RETURN(const std::string name_space, ParseParent("parent", request.parent()));
  SAGA_RETURN_IF_ERROR(CheckSource(request.source()));
  SAGA_ASSIGN_OR_RETURN(const DefinitionFormat format, FormatOf(request.source_format()));
  const LoadedDefinition candidate = definitions_.Lint(name_space, request.source(), format);
  if (HasErrors(candidate.diagnostics)) return DefinitionInvalid(candidate.diagnostics);
  const std::string base = request.base().empty() ? candidate.document.saga() : request.base();
  SAGA_ASSIGN_OR_RETURN(const DefinitionVersion version, definitions_.Get(name_space, base));
  if (version.name != candidate.document.saga()) {
    return InvalidField("base", fmt::format("is of '{}', but the candidate is named '{}'",
                                            version.name, candidate.document.saga()));
  }
  SAGA_RETURN_IF_ERROR(FillDiff(version, candidate.document, response));
  Fill(version, Detail::kWithoutSource, *response.mutable_base());
  for (const Diagnostic& diagnostic : candidate.diagnostics) {
    ToProto(diagnostic, *response.add_diagnostics());
  }
  SAGA_ASSIGN_OR_RETURN(const auto counts, reader_.CountLive(name_space));
  FillInFlight(definitions_.List(name_space, version.name), counts, candidate.document, response);
  return Status::Ok();
}

grpc::ServerUnaryReactor* DefinitionService::GetDefinition(grpc::CallbackServerContext* context,
                                                           const v1::GetDefinitionRequest* request,
                                                           v1::GetDefinitionResponse* response) {
  return OnPool(Ways{forwarder_, pool_}, context, kGet, *request, *response,
                [this, request, response](const Caller&) -> Status {
                  SAGA_ASSIGN_OR_RETURN(const DefinitionName name,
                                        ParseDefinitionName("name", request->name()));
                  SAGA_ASSIGN_OR_RETURN(const DefinitionVersion version,
                                        definitions_.Get(name.name_space, ReferenceOf(name)));
                  Fill(version, Detail::kWithSource, *response->mutable_definition());
                  return CountSagas(version.name_space, *response->mutable_definition());
                });
}

grpc::ServerUnaryReactor* DefinitionService::ListDefinitions(
    grpc::CallbackServerContext* context, const v1::ListDefinitionsRequest* request,
    v1::ListDefinitionsResponse* response) {
  return OnPool(Ways{forwarder_, pool_}, context, kList, *request, *response,
                [this, request, response](const Caller&) { return List(*request, *response); });
}

Status DefinitionService::List(const v1::ListDefinitionsRequest& request,
                               v1::ListDefinitionsResponse& response) {
  SAGA_ASSIGN_OR_RETURN(const DefinitionParent parent,
                        ParseDefinitionParent("parent", request.parent()));
  SAGA_ASSIGN_OR_RETURN(const std::size_t size,
                        ReadPageSize(request.page_size(), kPageSizeDefault));
  const std::string scope = TokenScope(
      {"ListDefinitions", parent.name_space, parent.definition, request.show_all() ? "all" : ""});
  SAGA_ASSIGN_OR_RETURN(const std::optional<std::uint64_t> skip,
                        ReadNumberToken(scope, request.page_token()));
  SAGA_ASSIGN_OR_RETURN(const auto counts, reader_.CountLive(parent.name_space));
  std::map<std::pair<std::string, std::uint32_t>, std::int64_t> live(counts.begin(), counts.end());
  std::vector<DefinitionVersion> shown;
  for (DefinitionVersion& version : definitions_.List(parent.name_space, parent.definition)) {
    const bool used = live.count({version.name, version.version}) > 0;
    const bool all = request.show_all() || !parent.definition.empty();
    if (all || version.active || used) shown.push_back(std::move(version));
  }
  const std::size_t begin = std::min<std::size_t>(skip.value_or(0), shown.size());
  const std::size_t end = std::min(begin + size, shown.size());
  for (std::size_t i = begin; i < end; ++i) {
    v1::Definition& proto = *response.add_definitions();
    Fill(shown[i], Detail::kWithoutSource, proto);
    proto.set_sagas_in_flight(live[{shown[i].name, shown[i].version}]);
  }
  if (end < shown.size()) {
    response.set_next_page_token(MakePageToken(scope, std::to_string(end)));
  }
  return Status::Ok();
}

grpc::ServerUnaryReactor* DefinitionService::ActivateDefinition(
    grpc::CallbackServerContext* context, const v1::ActivateDefinitionRequest* request,
    v1::ActivateDefinitionResponse* response) {
  return OnPool(Ways{forwarder_, pool_}, context, kActivate, *request, *response,
                [this, request, response](const Caller& caller) -> Status {
                  SAGA_RETURN_IF_ERROR(CheckText("reason", request->reason(), kReasonCharsMax));
                  SAGA_ASSIGN_OR_RETURN(DefinitionVersion version, Named(request->name()));
                  if (version.retired) {
                    return Status(StatusCode::kFailedPrecondition, "DEFINITION_RETIRED",
                                  fmt::format("{}@{} is retired", version.name, version.version));
                  }
                  if (!request->validate_only()) {
                    const AuditEntry audit =
                        AuditOf(caller, "ActivateDefinition", version, request->reason());
                    const std::string reference =
                        fmt::format("{}@{}", version.name, version.version);
                    SAGA_ASSIGN_OR_RETURN(
                        version, definitions_.Activate(version.name_space, reference, audit));
                  }
                  Fill(version, Detail::kWithoutSource, *response->mutable_definition());
                  return CountSagas(version.name_space, *response->mutable_definition());
                });
}

grpc::ServerUnaryReactor* DefinitionService::RetireDefinition(
    grpc::CallbackServerContext* context, const v1::RetireDefinitionRequest* request,
    v1::RetireDefinitionResponse* response) {
  return OnPool(
      Ways{forwarder_, pool_}, context, kRetire, *request, *response,
      [this, request, response](const Caller& caller) -> Status {
        SAGA_RETURN_IF_ERROR(CheckText("reason", request->reason(), kReasonCharsMax));
        SAGA_ASSIGN_OR_RETURN(DefinitionVersion version, Named(request->name()));
        if (!request->validate_only()) {
          const AuditEntry audit = AuditOf(caller, "RetireDefinition", version, request->reason());
          const std::string reference = fmt::format("{}@{}", version.name, version.version);
          SAGA_ASSIGN_OR_RETURN(version, definitions_.Retire(version.name_space, reference, audit));
        }
        Fill(version, Detail::kWithoutSource, *response->mutable_definition());
        return CountSagas(version.name_space, *response->mutable_definition());
      });
}

Result<DefinitionVersion> DefinitionService::Named(const std::string& text) const {
  SAGA_ASSIGN_OR_RETURN(const DefinitionName name, ParseDefinitionName("name", text));
  if (!name.version) {
    return InvalidField("name", fmt::format("must name a version, e.g. {}@1", name.name));
  }
  return definitions_.Get(name.name_space, ReferenceOf(name));
}

void DefinitionService::Fill(const DefinitionVersion& version, Detail detail,
                             v1::Definition& proto) const {
  proto.set_name(DefinitionVersionName(version.name_space, version.name, version.version));
  proto.set_owner(version.owner);
  proto.set_digest(version.digest);
  proto.set_active(version.active);
  proto.set_retired(version.retired);
  proto.set_source_format(ToProto(FormatNamed(version.source_format)));
  if (detail == Detail::kWithSource) proto.set_source(version.source);
  SetTime(version.created, *proto.mutable_create_time());
  proto.set_registered_by(version.registered_by);
  const DefinitionRef definition =
      definitions_.Find(version.name_space, version.name, version.version);
  if (!definition) return;
  std::set<std::string> participants;
  for (const Step& step : definition->steps) {
    proto.add_step_ids(step.id);
    participants.insert(step.action.participant);
    if (step.undo) participants.insert(step.undo->participant);
  }
  for (const std::string& participant : participants) proto.add_participants(participant);
}

Status DefinitionService::CountSagas(const std::string& name_space, v1::Definition& proto) {
  SAGA_ASSIGN_OR_RETURN(const auto counts, reader_.CountLive(name_space));
  for (const auto& [key, count] : counts) {
    if (DefinitionVersionName(name_space, key.first, key.second) == proto.name()) {
      proto.set_sagas_in_flight(count);
    }
  }
  return Status::Ok();
}

}  // namespace saga::api

#include <fmt/format.h>

#include "admin/inspect.h"
#include "admin/names.h"
#include "admin/render_catalog.h"
#include "admin/render_list.h"
#include "admin/saga_lookup.h"
#include "admin/saga_pages.h"
#include "admin/text.h"
#include "base/duration.h"

namespace saga::admin {
namespace {

constexpr std::int64_t kTableRows = 50;

Result<std::string> FilterOf(const Session& session, const ListFlags& flags) {
  std::vector<std::string> conditions;
  if (!flags.filter.empty()) conditions.push_back(flags.filter);
  if (!flags.state.empty()) conditions.push_back("state=" + Upper(flags.state));
  if (!flags.health.empty()) conditions.push_back("health=" + Upper(flags.health));
  if (!flags.definition.empty()) {
    conditions.push_back("definition=" + FilterValue(flags.definition));
  }
  if (!flags.since.empty()) {
    const Result<std::chrono::milliseconds> since = ParseDuration(flags.since);
    if (!since.ok()) {
      return UsageError(
          fmt::format("--since is a time with its unit, as 30m or 1d, not '{}'", flags.since));
    }
    conditions.push_back(fmt::format("create_time>=\"{}\"", FormatTime(session.now() - *since)));
  }
  return Join(conditions, " AND ");
}

Status PrintForPrograms(Session& session, const v1::ListSagasRequest& request,
                        std::int64_t rows_max) {
  v1::ListSagasResponse all;
  SAGA_RETURN_IF_ERROR(
      ForEachPage(session.client(), request, rows_max, [&](const v1::ListSagasResponse& page) {
        if (session.settings().output == OutputFormat::kJson) {
          const std::int32_t total = std::max(all.total_size(), page.total_size());
          all.MergeFrom(page);
          all.set_next_page_token(page.next_page_token());
          all.set_total_size(total);
          return;
        }
        for (const v1::Saga& saga : page.sagas()) {
          if (session.settings().output == OutputFormat::kIds) {
            session.out() << LastSegment(saga.name()) << "\n";
          } else {
            session.PrintJson(saga);
          }
        }
      }));
  if (session.settings().output == OutputFormat::kJson) session.PrintJson(all);
  return Status::Ok();
}

Status PrintTable(Session& session, const v1::ListSagasRequest& request, std::int64_t rows_max,
                  const std::string& since) {
  v1::ListSagasResponse all;
  SAGA_RETURN_IF_ERROR(
      ForEachPage(session.client(), request, rows_max, [&](const v1::ListSagasResponse& page) {
        all.mutable_sagas()->MergeFrom(page.sagas());
        all.set_next_page_token(page.next_page_token());
        all.set_total_size(std::max(all.total_size(), page.total_size()));
      }));
  if (all.sagas().empty()) {
    session.Note("no saga matches");
    return Status::Ok();
  }
  SAGA_ASSIGN_OR_RETURN(const std::string table,
                        SagaTable(all, session.times()).Render(session.layout(), session.paint()));
  session.out() << table;
  if (!session.settings().quiet) {
    session.out() << RenderListFooter(
        all, {.since = since, .argv0 = session.argv0(), .width = session.terminal().width});
  }
  return Status::Ok();
}

}  // namespace

Result<ExitCode> List(Session& session, const ListFlags& flags) {
  v1::ListSagasRequest request;
  request.set_parent(session.client().Parent());
  SAGA_ASSIGN_OR_RETURN(*request.mutable_filter(), FilterOf(session, flags));
  request.set_page_token(flags.page);
  if (flags.oldest_first) request.set_order_by("create_time");

  if (flags.limit == 0 || flags.limit < -1) return UsageError("--limit is at least 1");
  const bool unlimited = flags.all || (flags.limit == -1 && session.is_for_programs() &&
                                       session.settings().output != OutputFormat::kJson);
  const std::int64_t rows_max = unlimited         ? kEverything
                                : flags.limit > 0 ? flags.limit
                                                  : kTableRows;
  if (session.is_for_programs()) {
    SAGA_RETURN_IF_ERROR(PrintForPrograms(session, request, rows_max));
  } else {
    SAGA_RETURN_IF_ERROR(PrintTable(session, request, rows_max, flags.since));
  }
  return ExitCode::kDone;
}

Result<ExitCode> Audit(Session& session, const AuditFlags& flags) {
  v1::ListAuditEntriesRequest request;
  request.set_parent(session.client().Parent());
  request.set_page_token(flags.page);
  request.set_page_size(static_cast<std::int32_t>(std::clamp<std::int64_t>(flags.limit, 1, 1000)));
  std::vector<std::string> conditions;
  if (!flags.filter.empty()) conditions.push_back(flags.filter);
  if (!flags.saga.empty()) {
    SAGA_ASSIGN_OR_RETURN(const v1::Saga saga,
                          FindSaga(session.client(), flags.saga, v1::SAGA_VIEW_BASIC));
    conditions.push_back("saga=" + FilterValue(LastSegment(saga.name())));
  }
  request.set_filter(Join(conditions, " AND "));
  SAGA_ASSIGN_OR_RETURN(const v1::ListAuditEntriesResponse page,
                        session.client().Call(&OperatorApi::ListAuditEntries, request));
  if (session.settings().output == OutputFormat::kJson) {
    session.PrintJson(page);
    return ExitCode::kDone;
  }
  if (session.is_for_programs()) {
    for (const v1::AuditEntry& entry : page.audit_entries()) {
      if (session.settings().output == OutputFormat::kIds) {
        session.out() << Clean(entry.id()) << "\n";
      } else {
        session.PrintJson(entry);
      }
    }
    return ExitCode::kDone;
  }
  if (page.audit_entries().empty()) {
    session.Note("no audit entry matches");
    return ExitCode::kDone;
  }
  SAGA_ASSIGN_OR_RETURN(
      const std::string table,
      AuditTable(page, session.times()).Render(session.layout(), session.paint()));
  session.out() << table;
  if (!page.next_page_token().empty()) session.Note("more: --page " + page.next_page_token());
  return ExitCode::kDone;
}

}  // namespace saga::admin

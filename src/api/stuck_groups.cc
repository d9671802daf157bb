#include "api/stuck_groups.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "api/attention.h"
#include "api/convert.h"
#include "api/filter.h"
#include "api/limits.h"
#include "api/names.h"
#include "api/page_token.h"
#include "api/validation.h"
#include "base/duration.h"
#include "base/mutex.h"

namespace saga::api {
namespace {

std::string_view HealthWord(ParticipantHealth health) {
  switch (health) {
    case ParticipantHealth::kUnknown:
      return "UNKNOWN";
    case ParticipantHealth::kServing:
      return "SERVING";
    case ParticipantHealth::kDegraded:
      return "DEGRADED";
    case ParticipantHealth::kDown:
      return "DOWN";
  }
  SAGA_UNREACHABLE();
}

// To one unit: nobody cares about the seconds of an hour.
std::string Roughly(std::chrono::microseconds time) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time).count();
  if (seconds < 120) return fmt::format("{}s", std::max<std::int64_t>(seconds, 0));
  if (seconds < 7200) return fmt::format("{}m", seconds / 60);
  if (seconds < 172'800) return fmt::format("{}h", seconds / 3600);
  return fmt::format("{}d", seconds / 86'400);
}

void FillGroup(const StuckGroupRow& row, v1::StuckGroup& proto) {
  proto.set_fingerprint(row.fingerprint);
  proto.set_definition(row.definition);
  proto.set_owner(row.owner);
  proto.set_step_id(row.attention.step);
  if (row.attention.operation) proto.set_operation(ToProto(*row.attention.operation));
  ToProto(row.attention.failure, *proto.mutable_failure());
  proto.set_reason(row.attention.reason);
  proto.set_participant(row.attention.participant);
  proto.set_saga_count(row.sagas);
  proto.set_retrying_count(row.retrying);
  SetTime(row.oldest, *proto.mutable_oldest());
  SetTime(row.newest, *proto.mutable_newest());
  for (const SagaId& saga : row.samples) proto.add_sample_sagas(SagaName(saga));
}

struct GroupsQuery {
  std::string name_space;
  RowFilter filter;
  std::size_t groups_max = 0;
  std::size_t skip = 0;
  std::string scope;
};

Result<GroupsQuery> ParseQuery(const v1::ListStuckGroupsRequest& request) {
  GroupsQuery query;
  SAGA_ASSIGN_OR_RETURN(query.name_space, ParseParent("parent", request.parent()));
  SAGA_ASSIGN_OR_RETURN(query.filter, ParseRowFilter(request.filter(), FilterScope::kRows));
  SAGA_ASSIGN_OR_RETURN(query.groups_max, ReadPageSize(request.page_size(), kPageSizeDefault));
  query.scope = TokenScope({"ListStuckGroups", query.name_space, request.filter()});
  SAGA_ASSIGN_OR_RETURN(const std::optional<std::uint64_t> skip,
                        ReadNumberToken(query.scope, request.page_token()));
  query.skip = skip.value_or(0);
  return query;
}

// The page while the oldest saga of each group is asked what could be done.
struct Page {
  Page(const Finisher& f, v1::ListStuckGroupsResponse& r) : finisher(f), response(r) {}

  void Answered() {
    {
      const MutexLock lock(mutex);
      if (--open > 0) return;
    }
    finisher.Finish(Status::Ok());
  }

  const Finisher finisher;
  v1::ListStuckGroupsResponse& response;
  Mutex mutex;
  std::size_t open SAGA_GUARDED_BY(mutex) = 1;
};

void AskForActions(Orchestrator& orchestrator, const std::vector<SagaId>& oldest,
                   const std::shared_ptr<Page>& page) {
  for (std::size_t i = 0; i < oldest.size(); ++i) {
    if (oldest[i].empty()) continue;
    {
      const MutexLock lock(page->mutex);
      ++page->open;
    }
    orchestrator.Get(oldest[i], [page, i](const RequestAnswer& answer) {
      if (answer.status.ok() && answer.saga != nullptr) {
        const MutexLock lock(page->mutex);
        v1::StuckGroup& group = *page->response.mutable_stuck_groups(static_cast<int>(i));
        group.set_runbook_url(answer.saga->definition->runbook);
        for (std::string& action : AllowedActions(*answer.saga)) {
          group.add_allowed_actions(std::move(action));
        }
      }
      page->Answered();
    });
  }
  page->Answered();
}

}  // namespace

std::string DescribeHealth(const std::optional<ParticipantStatus>& participant, TimePoint now) {
  if (!participant) return "not registered";
  const std::string_view word = HealthWord(participant->health);
  if (!participant->health_since || *participant->health_since > now) return std::string(word);
  return fmt::format("{} for {}", word, Roughly(now - *participant->health_since));
}

void ListStuckGroups(Orchestrator& orchestrator, SagaReader& reader, SagaFinder& finder,
                     const ParticipantDirectory& participants,
                     const v1::ListStuckGroupsRequest& request,
                     v1::ListStuckGroupsResponse& response, const Finisher& finisher) {
  Result<GroupsQuery> query = ParseQuery(request);
  if (!query.ok()) return finisher.Finish(query.status());
  auto oldest = std::make_shared<std::vector<SagaId>>();
  finder.OnPool(
      [&, oldest, query = *std::move(query)]() -> Status {
        SAGA_ASSIGN_OR_RETURN(
            const std::vector<StuckGroupRow> rows,
            reader.ListStuckGroups(query.name_space, query.filter, kStuckGroupsMax));
        const std::size_t end = std::min(rows.size(), query.skip + query.groups_max);
        for (std::size_t i = query.skip; i < end; ++i) {
          v1::StuckGroup& group = *response.add_stuck_groups();
          FillGroup(rows[i], group);
          group.set_participant_health(
              DescribeHealth(participants.Get(query.name_space, rows[i].attention.participant),
                             orchestrator.Now()));
          oldest->push_back(rows[i].samples.empty() ? SagaId() : rows[i].samples.front());
        }
        if (end < rows.size()) {
          response.set_next_page_token(MakePageToken(query.scope, std::to_string(end)));
        }
        return Status::Ok();
      },
      [&orchestrator, &response, oldest, finisher](const Status& status) {
        if (!status.ok()) return finisher.Finish(status);
        AskForActions(orchestrator, *oldest, std::make_shared<Page>(finisher, response));
      });
}

}  // namespace saga::api

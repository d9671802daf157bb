#include "api/list_sagas.h"

#include <memory>
#include <utility>

#include "api/filter.h"
#include "api/limits.h"
#include "api/names.h"
#include "api/page_token.h"
#include "api/validation.h"
#include "base/mutex.h"

namespace saga::api {
namespace {

struct ListQuery {
  std::string name_space;
  RowFilter filter;
  RowOrder order = RowOrder::kNewestFirst;
  std::optional<RowCursor> after;
  std::size_t rows_max = 0;
  std::string scope;
};

Result<RowOrder> ParseOrder(const std::string& order_by) {
  if (order_by.empty() || order_by == "create_time desc") return RowOrder::kNewestFirst;
  if (order_by == "create_time" || order_by == "create_time asc") return RowOrder::kOldestFirst;
  return InvalidField("order_by", "must be \"create_time\" or \"create_time desc\"");
}

Result<ListQuery> ParseQuery(const v1::ListSagasRequest& request) {
  ListQuery query;
  SAGA_ASSIGN_OR_RETURN(query.name_space, ParseParent("parent", request.parent()));
  SAGA_ASSIGN_OR_RETURN(query.filter, ParseRowFilter(request.filter(), FilterScope::kRows));
  SAGA_ASSIGN_OR_RETURN(query.order, ParseOrder(request.order_by()));
  SAGA_ASSIGN_OR_RETURN(query.rows_max, ReadPageSize(request.page_size(), kPageSizeDefault));
  if (request.view() != v1::SAGA_VIEW_UNSPECIFIED && request.view() != v1::SAGA_VIEW_BASIC) {
    return InvalidField("view", "must be BASIC in lists; GetSaga has the rest");
  }
  query.scope = TokenScope({"ListSagas", query.name_space, request.filter(), request.order_by()});
  SAGA_ASSIGN_OR_RETURN(query.after, ReadRowToken(query.scope, request.page_token()));
  return query;
}

// The page while its live sagas are asked for. The last answer finishes the call; an engine that
// gives none drops the closures, and the call is finished all the same.
struct Page {
  Page(const Finisher& f, v1::ListSagasResponse& r) : finisher(f), response(r) {}

  void Answered() {
    {
      const MutexLock lock(mutex);
      if (--open > 0) return;
    }
    finisher.Finish(Status::Ok());
  }

  const Finisher finisher;
  v1::ListSagasResponse& response;
  Mutex mutex;
  std::size_t open SAGA_GUARDED_BY(mutex) = 1;  // Answers to come, and the one that asks.
};

void BringUpToDate(Orchestrator& orchestrator, const ViewContext& view,
                   const std::vector<SagaRow>& rows, const std::shared_ptr<Page>& page) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (IsEnded(rows[i].status.state)) continue;
    {
      const MutexLock lock(page->mutex);
      ++page->open;
    }
    orchestrator.Get(rows[i].id, [page, i, &view](const RequestAnswer& answer) {
      // One that has ended meanwhile, and one that the engine has no time for, stay as their row.
      if (answer.status.ok() && answer.saga != nullptr) {
        v1::Saga proto;
        ToProto(*answer.saga, View::kBasic, view, proto);
        const MutexLock lock(page->mutex);
        page->response.mutable_sagas(static_cast<int>(i))->Swap(&proto);
      }
      page->Answered();
    });
  }
  page->Answered();
}

}  // namespace

void ListSagas(Orchestrator& orchestrator, SagaReader& reader, SagaFinder& finder,
               const v1::ListSagasRequest& request, v1::ListSagasResponse& response,
               const Finisher& finisher) {
  Result<ListQuery> query = ParseQuery(request);
  if (!query.ok()) return finisher.Finish(query.status());
  auto rows = std::make_shared<std::vector<SagaRow>>();
  finder.OnPool(
      [&reader, &response, rows, query = *std::move(query)]() -> Status {
        SAGA_ASSIGN_OR_RETURN(
            RowPage page, reader.ListRows(query.name_space, query.filter, query.order, query.after,
                                          query.rows_max));
        for (const SagaRow& row : page.rows) ToProto(row, *response.add_sagas());
        response.set_total_size(static_cast<std::int32_t>(page.total));
        if (page.next) {
          response.set_next_page_token(MakePageToken(query.scope, FormatRowCursor(*page.next)));
        }
        *rows = std::move(page.rows);
        return Status::Ok();
      },
      [&orchestrator, &finder, &response, rows, finisher](const Status& status) {
        if (!status.ok()) return finisher.Finish(status);
        BringUpToDate(orchestrator, finder.view(), *rows,
                      std::make_shared<Page>(finisher, response));
      });
}

}  // namespace saga::api

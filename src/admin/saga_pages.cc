#include "admin/saga_pages.h"

#include <algorithm>

namespace saga::admin {
namespace {

constexpr std::int64_t kPageMax = 1000;  // What the server grants at most.

}  // namespace

Status ForEachPage(Client& client, v1::ListSagasRequest request, std::int64_t rows_max,
                   const std::function<void(const v1::ListSagasResponse&)>& on_page) {
  std::int64_t seen = 0;
  for (;;) {
    const std::int64_t left = rows_max == kEverything ? kPageMax : rows_max - seen;
    request.set_page_size(static_cast<std::int32_t>(std::min(left, kPageMax)));
    SAGA_ASSIGN_OR_RETURN(const v1::ListSagasResponse page,
                          client.Call(&SagaApi::ListSagas, request));
    on_page(page);
    seen += page.sagas_size();
    const bool enough = rows_max != kEverything && seen >= rows_max;
    if (page.next_page_token().empty() || enough) return Status::Ok();
    request.set_page_token(page.next_page_token());
  }
}

Result<std::vector<v1::SagaEvent>> AllEvents(Client& client, const std::string& saga) {
  std::vector<v1::SagaEvent> events;
  v1::ListSagaEventsRequest request;
  request.set_parent(saga);
  request.set_page_size(kPageMax);
  do {
    SAGA_ASSIGN_OR_RETURN(const v1::ListSagaEventsResponse page,
                          client.Call(&SagaApi::ListSagaEvents, request));
    events.insert(events.end(), page.events().begin(), page.events().end());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return events;
}

}  // namespace saga::admin

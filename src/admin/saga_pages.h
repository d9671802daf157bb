// Lists of sagas, page by page.
#pragma once

#include <cstdint>
#include <functional>

#include "admin/client.h"

namespace saga::admin {

inline constexpr std::int64_t kEverything = 0;

// Calls `on_page` for each page until `rows_max` sagas were seen (kEverything: until the end).
// `request` says filter, order and first page.
Status ForEachPage(Client& client, v1::ListSagasRequest request, std::int64_t rows_max,
                   const std::function<void(const v1::ListSagasResponse&)>& on_page);

// All records of one saga, oldest first.
Result<std::vector<v1::SagaEvent>> AllEvents(Client& client, const std::string& saga);

}  // namespace saga::admin

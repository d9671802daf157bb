#include "admin/saga_lookup.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <optional>

#include "admin/names.h"
#include "admin/text.h"

namespace saga::admin {
namespace {

constexpr std::size_t kIdLengthMax = 63;
constexpr std::size_t kShortIdLength = 20;  // Ids up to here are as good to type as a key.
constexpr int kCandidatesShown = 5;
constexpr std::string_view kKeyPrefix = "key:";

bool CanBeId(std::string_view text) {
  return !text.empty() && text.size() <= kIdLengthMax &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '_' ||
                  c == '-';
         });
}

Result<v1::Saga> Get(Client& client, const std::string& name, v1::SagaView view) {
  v1::GetSagaRequest request;
  request.set_name(name);
  request.set_view(view);
  request.set_readable_payloads(view == v1::SAGA_VIEW_FULL);
  SAGA_ASSIGN_OR_RETURN(v1::GetSagaResponse response, client.Call(&SagaApi::GetSaga, request));
  return std::move(*response.mutable_saga());
}

Result<v1::ListSagasResponse> Candidates(Client& client, const std::string& filter) {
  v1::ListSagasRequest request;
  request.set_parent(client.Parent());
  request.set_filter(filter);
  request.set_page_size(kCandidatesShown + 1);
  return client.Call(&SagaApi::ListSagas, request);
}

Status Ambiguous(std::string_view what, const v1::ListSagasResponse& found) {
  std::vector<std::string> names;
  for (const v1::Saga& saga : found.sagas()) {
    if (names.size() == kCandidatesShown) break;
    names.push_back(fmt::format("{} ({})", LastSegment(saga.name()), StateWord(saga.state())));
  }
  const bool more = found.sagas_size() > kCandidatesShown || !found.next_page_token().empty();
  return Status(StatusCode::kInvalidArgument, "AMBIGUOUS_NAME",
                fmt::format("{} fits several sagas: {}{}", what, Join(names, ", "),
                            more ? ", and more" : ""));
}

// Absent when nothing matches.
Result<std::optional<v1::Saga>> FindOnly(Client& client, const std::string& filter,
                                         const std::string& what, v1::SagaView view) {
  SAGA_ASSIGN_OR_RETURN(v1::ListSagasResponse found, Candidates(client, filter));
  if (found.sagas().empty()) return std::optional<v1::Saga>();
  if (found.sagas_size() > 1) return Ambiguous(what, found);
  SAGA_ASSIGN_OR_RETURN(v1::Saga saga, Get(client, found.sagas(0).name(), view));
  return std::optional<v1::Saga>(std::move(saga));
}

}  // namespace

std::string FilterValue(std::string_view value) {
  std::string quoted = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

Result<v1::Saga> FindSaga(Client& client, const std::string& text, v1::SagaView view) {
  if (text.find("/sagas/") != text.npos) return Get(client, text, view);

  const bool only_key = text.starts_with(kKeyPrefix);
  const std::string word = only_key ? text.substr(kKeyPrefix.size()) : text;
  if (word.empty())
    return UsageError("a saga is named by its id or its business key, not by nothing");
  if (!only_key && CanBeId(word)) {
    Result<v1::Saga> saga = Get(client, client.Name("sagas", word), view);
    if (saga.ok() || saga.status().code() != StatusCode::kNotFound) return saga;
  }
  SAGA_ASSIGN_OR_RETURN(std::optional<v1::Saga> by_key,
                        FindOnly(client, "business_key=" + FilterValue(word),
                                 fmt::format("the key '{}'", word), view));
  if (by_key) return std::move(*by_key);

  // A shortened id is printed with two dots at its end.
  const std::string prefix = word.ends_with("..") ? word.substr(0, word.size() - 2) : word;
  if (!only_key && CanBeId(prefix) && prefix.size() >= kIdPrefixMin) {
    SAGA_ASSIGN_OR_RETURN(
        std::optional<v1::Saga> by_prefix,
        FindOnly(client, "saga=" + FilterValue(prefix + "*"), fmt::format("'{}'", prefix), view));
    if (by_prefix) return std::move(*by_prefix);
  }
  return Status(StatusCode::kNotFound, "SAGA_NOT_FOUND",
                fmt::format("no saga in {} has the {} '{}'", client.Parent(),
                            only_key ? "key" : "id or key", word));
}

std::string TypeableName(Client& client, const v1::Saga& saga) {
  const std::string id = LastSegment(saga.name());
  if (id.size() <= kShortIdLength || saga.business_key().empty()) return id;
  const Result<v1::ListSagasResponse> same =
      Candidates(client, "business_key=" + FilterValue(saga.business_key()));
  if (!same.ok() || same->sagas_size() != 1) return id;
  return ShellWord(saga.business_key());
}

}  // namespace saga::admin

// The small texts of the API: resource names, page tokens, watchers' cursors, times, durations.
// What is read is written as something that reads the same.
#include <string>

#include "api/names.h"
#include "api/page_token.h"
#include "base/duration.h"
#include "fuzz/require.h"

namespace saga::fuzz {
namespace {

void ReadNames(std::string_view text) {
  (void)api::ParseParent("f", text).ok();
  (void)api::ParseDefinitionParent("f", text).ok();
  if (const auto saga = api::ParseSagaName("f", text); saga.ok()) {
    const auto again = api::ParseSagaName("f", api::SagaName(*saga));
    Require(again.ok() && *again == *saga);
  }
  if (const auto name = api::ParseDefinitionName("f", text); name.ok()) {
    const auto again = api::ParseDefinitionName("f", api::ToString(*name));
    Require(again.ok() && *again == *name);
  }
  if (const auto name = api::ParseParticipantName("f", text); name.ok()) {
    const auto again = api::ParseParticipantName("f", api::ToString(*name));
    Require(again.ok() && *again == *name);
  }
}

void ReadRowToken(const std::string& scope, std::string_view token) {
  const auto cursor = api::ReadRowToken(scope, token);
  if (!cursor.ok() || !cursor->has_value()) return;
  const std::string written = api::MakePageToken(scope, api::FormatRowCursor(**cursor));
  const auto again = api::ReadRowToken(scope, written);
  Require(again.ok() && again->has_value());
  Require((*again)->created == (*cursor)->created && (*again)->saga == (*cursor)->saga);
}

// The bytes as a token, and as the position inside a token that has the right scope.
void ReadTokens(std::string_view text) {
  const std::string scope = api::TokenScope({"ListSagas", "namespaces/default"});
  const std::string token = api::MakePageToken(scope, text);
  for (const std::string_view candidate : {text, std::string_view(token)}) {
    ReadRowToken(scope, candidate);
    (void)api::ReadNumberToken(scope, candidate).ok();
  }
  const auto position = api::ReadPageToken(scope, token);
  Require(!position.ok() || **position == text);
}

void ReadCursor(std::string_view text) {
  constexpr std::uint16_t kShards = 2;
  const auto cursor = api::ParseWatchCursor(text, kShards);
  if (!cursor.ok()) return;
  const auto again = api::ParseWatchCursor(api::FormatWatchCursor(*cursor), kShards);
  Require(again.ok() && *again == *cursor);
}

void ReadTimes(std::string_view text) {
  if (const auto duration = ParseDuration(text); duration.ok()) {
    const auto again = ParseDuration(FormatDuration(*duration));
    Require(again.ok() && *again == *duration);
  }
  // The leap second that ends the year 9999 is in a year of five digits.
  const TimePoint end =
      std::chrono::sys_days(std::chrono::year(9999) / 12 / 31) + std::chrono::days(1);
  if (const auto time = ParseTime(text); time.ok() && *time < end) {
    // Written in milliseconds.
    const auto again = ParseTime(FormatTime(*time));
    Require(again.ok() && *again <= *time && *time - *again < std::chrono::milliseconds(1));
  }
}

}  // namespace
}  // namespace saga::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = saga::fuzz::ToText(data, size);
  saga::fuzz::ReadNames(text);
  saga::fuzz::ReadTokens(text);
  saga::fuzz::ReadCursor(text);
  saga::fuzz::ReadTimes(text);
  return 0;
}

#include "api/page_token.h"

#include <fmt/format.h>

#include <charconv>

#include "api/limits.h"
#include "base/hash.h"

namespace saga::api {
namespace {

constexpr std::size_t kScopeChars = 16;

std::string ToHex(std::string_view bytes) {
  std::string hex;
  hex.reserve(bytes.size() * 2);
  for (const char c : bytes) hex += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return hex;
}

std::optional<std::string> FromHex(std::string_view hex) {
  if (hex.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(hex.data() + i, hex.data() + i + 2, value, 16);
    if (error != std::errc() || end != hex.data() + i + 2) return std::nullopt;
    bytes += static_cast<char>(value);
  }
  return bytes;
}

template <typename Number>
std::optional<Number> ParseNumber(std::string_view text) {
  Number number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

Status Mismatch() {
  constexpr std::string_view kWhat =
      "does not belong to this request; start again without it, with the same filter, order and "
      "parent on every page";
  return Status(StatusCode::kInvalidArgument, "PAGE_TOKEN_MISMATCH",
                fmt::format("page_token {}", kWhat))
      .WithField("page_token", std::string(kWhat));
}

}  // namespace

std::string TokenScope(std::initializer_list<std::string_view> parts) {
  std::string all;
  for (const std::string_view part : parts) all += fmt::format("{}:{};", part.size(), part);
  return Sha256Hex(all).substr(0, kScopeChars);
}

std::string MakePageToken(std::string_view scope, std::string_view position) {
  return fmt::format("{}{}", scope, ToHex(position));
}

Result<std::optional<std::string>> ReadPageToken(std::string_view scope, std::string_view token) {
  if (token.empty()) return std::optional<std::string>();
  if (token.size() > kTokenCharsMax || !token.starts_with(scope)) return Mismatch();
  std::optional<std::string> position = FromHex(token.substr(scope.size()));
  if (!position) return Mismatch();
  return position;
}

std::string FormatRowCursor(const RowCursor& cursor) {
  return fmt::format("{}|{}", ToMicros(cursor.created), cursor.saga.text());
}

Result<std::optional<RowCursor>> ReadRowToken(std::string_view scope, std::string_view token) {
  SAGA_ASSIGN_OR_RETURN(const std::optional<std::string> position, ReadPageToken(scope, token));
  if (!position) return std::optional<RowCursor>();
  const std::size_t bar = position->find('|');
  if (bar == std::string::npos) return Mismatch();
  const auto micros = ParseNumber<std::int64_t>(std::string_view(*position).substr(0, bar));
  const std::string saga = position->substr(bar + 1);
  const std::size_t slash = saga.find('/');
  if (!micros || slash == std::string::npos) return Mismatch();
  Result<SagaId> id = SagaId::Parse(std::string_view(saga).substr(0, slash),
                                    std::string_view(saga).substr(slash + 1));
  if (!id.ok()) return Mismatch();
  return std::optional<RowCursor>(RowCursor{FromMicros(*micros), *std::move(id)});
}

Result<std::optional<std::uint64_t>> ReadNumberToken(std::string_view scope,
                                                     std::string_view token) {
  SAGA_ASSIGN_OR_RETURN(const std::optional<std::string> position, ReadPageToken(scope, token));
  if (!position) return std::optional<std::uint64_t>();
  const auto number = ParseNumber<std::uint64_t>(*position);
  if (!number) return Mismatch();
  return std::optional<std::uint64_t>(*number);
}

std::string FormatWatchCursor(const std::vector<JournalSeq>& positions) {
  std::string text = "w1";
  for (const JournalSeq seq : positions) text += fmt::format("-{:x}", ToNumber(seq));
  return text;
}

Result<std::vector<JournalSeq>> ParseWatchCursor(std::string_view text, std::uint16_t shards) {
  const Status wrong =
      InvalidField("cursor", "is not a cursor of this cluster; leave it empty to start now");
  if (text.size() > kTokenCharsMax || !text.starts_with("w1")) return wrong;
  text.remove_prefix(2);
  std::vector<JournalSeq> positions;
  while (!text.empty()) {
    if (text[0] != '-') return wrong;
    text.remove_prefix(1);
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, 16);
    if (error != std::errc()) return wrong;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    positions.push_back(static_cast<JournalSeq>(number));
  }
  if (positions.size() != shards) return wrong;
  return positions;
}

}  // namespace saga::api

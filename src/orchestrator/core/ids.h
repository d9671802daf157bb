// Identities of the core. All are types of their own, so that none is passed for another.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "base/status.h"

namespace saga {

// Position of a step in its definition, from 0.
enum class StepIndex : std::uint16_t {};
// Position of a record in its saga, contiguous from 1; also the saga's etag and its event sequence.
enum class Revision : std::uint64_t {};
// Position of a record in its shard's journal, contiguous from 1; 0 = before the first.
enum class JournalSeq : std::uint64_t {};
// A fixed slice of all sagas.
enum class ShardId : std::uint16_t {};
// One term of ownership of a shard.
enum class Epoch : std::uint64_t {};

constexpr std::size_t ToSize(StepIndex index) { return static_cast<std::size_t>(index); }
constexpr StepIndex ToStep(std::size_t index) { return static_cast<StepIndex>(index); }
constexpr std::uint64_t ToNumber(Revision revision) { return static_cast<std::uint64_t>(revision); }
constexpr std::uint64_t ToNumber(JournalSeq seq) { return static_cast<std::uint64_t>(seq); }
constexpr std::uint64_t ToNumber(Epoch epoch) { return static_cast<std::uint64_t>(epoch); }
constexpr std::uint16_t ToNumber(ShardId shard) { return static_cast<std::uint16_t>(shard); }
constexpr Revision Next(Revision revision) { return static_cast<Revision>(ToNumber(revision) + 1); }
constexpr JournalSeq Advance(JournalSeq seq, std::uint64_t by) {
  return static_cast<JournalSeq>(ToNumber(seq) + by);
}

// A saga's identity: namespace and id. Text everywhere ("default/ord-1007"): the id alone is unique
// only in its namespace.
class SagaId {
 public:
  SagaId() = default;
  SagaId(std::string_view name_space, std::string_view id);

  // Reads "namespace/id" as made by text(). Requires: such a text.
  static SagaId FromText(std::string text);
  // Checks what a caller sends: [A-Za-z0-9._-]{1,63} each.
  static Result<SagaId> Parse(std::string_view name_space, std::string_view id);

  const std::string& text() const { return text_; }
  std::string_view name_space() const { return std::string_view(text_).substr(0, text_.find('/')); }
  std::string_view id() const { return std::string_view(text_).substr(text_.find('/') + 1); }
  bool empty() const { return text_.empty(); }

  auto operator<=>(const SagaId&) const = default;

 private:
  std::string text_;
};

// True for [A-Za-z0-9._-]{1,63}: what ids of sagas, participants and namespaces look like.
bool IsValidId(std::string_view text);

// The shard of a saga among `shard_count`; never changes, because the count is a constant of the
// cluster.
ShardId ShardOf(const SagaId& saga, std::uint16_t shard_count);

}  // namespace saga

template <>
struct std::hash<saga::SagaId> {
  std::size_t operator()(const saga::SagaId& saga) const noexcept {
    return std::hash<std::string>()(saga.text());
  }
};

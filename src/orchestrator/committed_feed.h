// The committed records of one shard, in order, for those who follow: the Kafka publisher and
// WatchSagas. Recent records come from memory; older ones are read from the journal by the follower
// itself.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "orchestrator/core/definition.h"
#include "orchestrator/core/ids.h"
#include "orchestrator/core/record.h"

namespace saga {

// What an event needs of its saga; shared by all records of the saga.
struct SagaHeader {
  SagaId id;
  DefinitionRef definition;  // Null when it is not known any more.
  std::string definition_name;
  std::uint32_t definition_version = 0;
  std::string business_key;
  std::map<std::string, std::string> labels;
};

struct CommittedRecord {
  JournalSeq seq{};
  std::shared_ptr<const SagaHeader> header;
  std::shared_ptr<const NumberedRecord> record;
  std::size_t bytes = 0;  // Of the encoded record: what it counts against kFeedBytesMax.
};

struct FeedPage {
  std::vector<CommittedRecord> records;
  JournalSeq read_to{};  // Go on after this.
  bool expired = false;  // `after` is older than what memory holds: read the journal up to
                         // oldest_in_memory() instead.
};

// Who decides how far the journal has been read, so that what lies before may be truncated.
enum class Following : std::uint8_t {
  kPublisher,  // The publisher, by its cursor.
  kNobody,     // Nothing is published: committed is far enough.
};

// Threads:   any.
// Limits:    holds at most kFeedRecordsMax records and kFeedBytesMax bytes; the oldest leave.
// Promises:  Append is called in commit order by the shard; a reader that goes on from read_to
//            misses nothing and sees nothing twice. A signal may still come right after
//            Unsubscribe has returned.
class CommittedFeed {
 public:
  explicit CommittedFeed(ShardId shard) : shard_(shard) {}

  ShardId shard() const { return shard_; }
  // Starts anew behind `last`: a claim has said where the journal stands.
  void Reset(JournalSeq last);
  // Records of one batch, whose positions end at `last` (void starts leave holes).
  void Append(std::vector<CommittedRecord> records, JournalSeq last);
  FeedPage Read(JournalSeq after, std::size_t records_max) const;
  JournalSeq last() const;
  // Everything after this position can be read from memory.
  JournalSeq oldest_in_memory() const;

  // `on_append` is called after each Append, on the shard's thread: it must only signal. Returns an
  // id for Unsubscribe.
  std::uint64_t Subscribe(std::function<void()> on_append);
  void Unsubscribe(std::uint64_t id);

  // The publisher's cursor: the shard saves it with its next append.
  void SetPublished(JournalSeq seq);
  JournalSeq published() const;

 private:
  const ShardId shard_;
  mutable Mutex mutex_;
  std::deque<CommittedRecord> records_ SAGA_GUARDED_BY(mutex_);
  std::size_t bytes_ SAGA_GUARDED_BY(mutex_) = 0;
  JournalSeq before_first_
      SAGA_GUARDED_BY(mutex_){};  // Everything after this position is in records_.
  JournalSeq last_ SAGA_GUARDED_BY(mutex_){};
  JournalSeq published_ SAGA_GUARDED_BY(mutex_){};
  std::map<std::uint64_t, std::function<void()>> subscribers_ SAGA_GUARDED_BY(mutex_);
  std::uint64_t next_subscriber_ SAGA_GUARDED_BY(mutex_) = 1;
};

}  // namespace saga

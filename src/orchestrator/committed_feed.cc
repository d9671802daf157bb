#include "orchestrator/committed_feed.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "orchestrator/limits.h"

namespace saga {

void CommittedFeed::Reset(JournalSeq last) {
  MutexLock lock(mutex_);
  if (last == last_) return;  // Nothing was missed: what memory holds stays good.
  records_.clear();
  bytes_ = 0;
  before_first_ = last;
  last_ = last;
  published_ = std::min(published_, last);
}

void CommittedFeed::Append(std::vector<CommittedRecord> records, JournalSeq last) {
  std::vector<std::function<void()>> signals;
  {
    MutexLock lock(mutex_);
    for (CommittedRecord& record : records) {
      SAGA_CHECK(record.seq > last_ && record.seq <= last);
      last_ = record.seq;
      bytes_ += record.bytes;
      records_.push_back(std::move(record));
    }
    SAGA_CHECK(last >= last_);
    last_ = last;
    while (records_.size() > kFeedRecordsMax || (bytes_ > kFeedBytesMax && records_.size() > 1)) {
      before_first_ = records_.front().seq;
      bytes_ -= records_.front().bytes;
      records_.pop_front();
    }
    signals.reserve(subscribers_.size());
    for (const auto& [id, signal] : subscribers_) signals.push_back(signal);
  }
  for (const auto& signal : signals) signal();
}

FeedPage CommittedFeed::Read(JournalSeq after, std::size_t records_max) const {
  MutexLock lock(mutex_);
  if (after < before_first_) return {.records = {}, .read_to = after, .expired = true};
  auto next = std::upper_bound(
      records_.begin(), records_.end(), after,
      [](JournalSeq seq, const CommittedRecord& record) { return seq < record.seq; });
  FeedPage page{.records = {}, .read_to = std::max(after, last_)};
  for (; next != records_.end(); ++next) {
    if (page.records.size() == records_max) {
      page.read_to = page.records.empty() ? after : page.records.back().seq;
      break;
    }
    page.records.push_back(*next);
  }
  return page;
}

JournalSeq CommittedFeed::last() const {
  MutexLock lock(mutex_);
  return last_;
}

JournalSeq CommittedFeed::oldest_in_memory() const {
  MutexLock lock(mutex_);
  return before_first_;
}

std::uint64_t CommittedFeed::Subscribe(std::function<void()> on_append) {
  MutexLock lock(mutex_);
  const std::uint64_t id = next_subscriber_++;
  subscribers_.emplace(id, std::move(on_append));
  return id;
}

void CommittedFeed::Unsubscribe(std::uint64_t id) {
  MutexLock lock(mutex_);
  subscribers_.erase(id);
}

void CommittedFeed::SetPublished(JournalSeq seq) {
  MutexLock lock(mutex_);
  published_ = std::max(published_, seq);
}

JournalSeq CommittedFeed::published() const {
  MutexLock lock(mutex_);
  return published_;
}

}  // namespace saga

#include "api/watch_hub.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "api/event_view.h"
#include "api/filter.h"
#include "api/forwarded_watch.h"
#include "api/limits.h"
#include "api/page_token.h"
#include "api/status_convert.h"
#include "api/watcher.h"
#include "orchestrator/feed_reader.h"
#include "orchestrator/shard_input.h"

namespace saga::api {
namespace {

constexpr std::size_t kRecordsPerRead = 512;

Status Draining() { return {StatusCode::kUnavailable, "DRAINING", "the server is stopping"}; }

}  // namespace

void Watcher::OnWriteDone(bool ok) {
  {
    const MutexLock lock(hub_.mutex_);
    writing_ = false;
    if (!ok) broken_ = true;
  }
  hub_.Wake();
}

void Watcher::OnCancel() {
  {
    const MutexLock lock(hub_.mutex_);
    broken_ = true;
  }
  hub_.Wake();
}

void Watcher::OnDone() {
  {
    const MutexLock lock(hub_.mutex_);
    --hub_.streams_;
  }
  delete this;
}

void Watcher::Take(const std::vector<CommittedRecord>& records) {
  for (const CommittedRecord& committed : records) {
    ++silent_records_;
    const SagaHeader& header = *committed.header;
    if (header.id.name_space() != request_.name_space || !Matches(request_.filter, header))
      continue;
    ToProto(*committed.record, header, *response_.add_events());
  }
}

bool Watcher::Full() const {
  return response_.events_size() >= static_cast<int>(kWatchEventsPerMessage);
}

WatchHub::WatchHub(Orchestrator& orchestrator, JournalFactory journals, const RecordCodec& codec,
                   const DefinitionResolver& definitions, BlockingPool& pool)
    : orchestrator_(orchestrator),
      journals_(std::move(journals)),
      codec_(codec),
      definitions_(definitions),
      pool_(pool) {
  for (std::uint16_t shard = 0; shard < orchestrator_.shard_count(); ++shard) {
    subscriptions_.push_back(
        orchestrator_.feed(static_cast<ShardId>(shard)).Subscribe([this] { Wake(); }));
  }
  thread_ = std::thread([this] { Run(); });
}

WatchHub::~WatchHub() { Stop(); }

void WatchHub::Stop() {
  {
    const MutexLock lock(mutex_);
    stopped_ = true;
    woken_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
  for (std::uint16_t shard = 0; shard < subscriptions_.size(); ++shard) {
    orchestrator_.feed(static_cast<ShardId>(shard)).Unsubscribe(subscriptions_[shard]);
  }
  subscriptions_.clear();
}

Result<std::vector<JournalSeq>> WatchHub::PositionsOf(const WatchRequest& request) const {
  if (!orchestrator_.ready()) {
    return Status(StatusCode::kUnavailable, "NOT_READY", "the server is still loading its sagas");
  }
  const std::uint16_t shards = orchestrator_.shard_count();
  std::vector<JournalSeq> now;
  for (std::uint16_t shard = 0; shard < shards; ++shard) {
    now.push_back(orchestrator_.feed(static_cast<ShardId>(shard)).last());
  }
  if (request.cursor.empty()) return now;
  SAGA_ASSIGN_OR_RETURN(std::vector<JournalSeq> positions,
                        ParseWatchCursor(request.cursor, shards));
  for (std::uint16_t shard = 0; shard < shards; ++shard) {
    if (positions[shard] <= now[shard]) continue;
    return Status(StatusCode::kOutOfRange, "CURSOR_EXPIRED",
                  "the cursor lies behind the end of the journal: it comes from other data");
  }
  return positions;
}

grpc::ServerWriteReactor<v1::WatchSagasResponse>* WatchHub::Open(WatchRequest request) {
  Result<std::vector<JournalSeq>> positions = PositionsOf(request);
  if (!positions.ok()) return RefuseWatch(positions.status());
  {
    const MutexLock lock(mutex_);
    if (stopped_) return RefuseWatch(Draining());
    if (streams_ >= kWatchersMax) {
      return RefuseWatch({StatusCode::kResourceExhausted, "OVERLOADED",
                          fmt::format("{} streams are open already", streams_)});
    }
    ++streams_;
  }
  auto* watcher = new Watcher(*this, std::move(request), *std::move(positions));
  {
    const MutexLock lock(mutex_);
    arrived_.push_back(watcher);
  }
  Wake();
  return watcher;
}

void WatchHub::Wake() {
  {
    const MutexLock lock(mutex_);
    if (woken_) return;
    woken_ = true;
  }
  wake_.notify_one();
}

void WatchHub::OnLeasesChanged() { Wake(); }

void WatchHub::Run() {
  while (true) {
    bool stopping = false;
    {
      const MutexLock lock(mutex_);
      while (!woken_) wake_.wait(mutex_);
      woken_ = false;
      stopping = stopped_;
      watchers_.insert(watchers_.end(), arrived_.begin(), arrived_.end());
      arrived_.clear();
    }
    Turn(stopping);
    if (stopping && watchers_.empty()) return;
  }
}

void WatchHub::Turn(bool stopping) {
  const bool ours = orchestrator_.HoldsAll();
  const auto finished = [&](Watcher* watcher) {
    Status end;
    {
      const MutexLock lock(mutex_);
      if (watcher->writing_ || watcher->reading_) return false;
      // The cursor stays good: the new owner goes on from it.
      if (!ours) end = NotOwner();
      if (stopping) end = Draining();
      if (!watcher->failure_.ok()) end = watcher->failure_;
      if (watcher->broken_) end = Status(StatusCode::kCancelled, "CANCELLED", "cancelled");
    }
    if (end.ok()) {
      Serve(*watcher);
      return false;
    }
    watcher->Finish(ToGrpcStatus(end));  // It is gone from here on.
    return true;
  };
  watchers_.erase(std::remove_if(watchers_.begin(), watchers_.end(), finished), watchers_.end());
}

void WatchHub::Serve(Watcher& watcher) {
  if (watcher.sent_) watcher.response_.Clear();
  watcher.sent_ = false;
  const std::size_t shards = watcher.positions_.size();
  for (std::size_t i = 0; i < shards && !watcher.Full(); ++i) {
    const std::size_t shard = (watcher.next_shard_ + i) % shards;
    const FeedPage page =
        orchestrator_.feed(static_cast<ShardId>(shard))
            .Read(watcher.positions_[shard], std::min(kRecordsPerRead, kWatchEventsPerMessage));
    if (page.expired) {
      CatchUp(watcher, static_cast<ShardId>(shard));
      return;
    }
    watcher.Take(page.records);
    watcher.positions_[shard] = std::max(watcher.positions_[shard], page.read_to);
    // There may be more than was asked for: come back after this message.
    if (!page.records.empty()) Wake();
  }
  watcher.next_shard_ = (watcher.next_shard_ + 1) % shards;
  const bool due = watcher.response_.events_size() > 0 || !watcher.greeted_ ||
                   watcher.silent_records_ >= kWatchSilentRecordsMax;
  if (!due) return;
  watcher.greeted_ = true;
  watcher.silent_records_ = 0;
  watcher.response_.set_cursor(FormatWatchCursor(watcher.positions_));
  {
    const MutexLock lock(mutex_);
    watcher.writing_ = true;
  }
  watcher.sent_ = true;
  watcher.StartWrite(&watcher.response_);
}

void WatchHub::CatchUp(Watcher& watcher, ShardId shard) {
  {
    const MutexLock lock(mutex_);
    watcher.reading_ = true;
  }
  const Status accepted = pool_.Submit([this, &watcher, shard] { ReadJournal(watcher, shard); });
  if (accepted.ok()) return;
  {
    const MutexLock lock(mutex_);
    watcher.reading_ = false;
    watcher.failure_ = accepted;
  }
  Wake();
}

void WatchHub::ReadJournal(Watcher& watcher, ShardId shard) {
  Status failure;
  {
    const MutexLock lock(journal_mutex_);
    if (!journal_) journal_ = journals_();
    const JournalSeq after = watcher.positions_[ToNumber(shard)];
    Result<FeedPage> page = FeedReader(orchestrator_.feed(shard), *journal_, codec_, definitions_)
                                .Read(after, kWatchEventsPerMessage);
    failure = page.status();
    if (page.ok()) {
      watcher.Take(page->records);
      watcher.positions_[ToNumber(shard)] = std::max(after, page->read_to);
    }
  }
  {
    const MutexLock lock(mutex_);
    watcher.failure_ = failure;
    watcher.reading_ = false;
  }
  Wake();
}

}  // namespace saga::api

// Follows the committed records of the owned shards and publishes them, each at least once and in
// order per saga.
//
// Threads:   RunOnce and everything else from one thread; Start() makes that thread, Stop() ends
// it. The shards' threads
//            only signal. Borrows the sources and the sink; all must outlive it.
// Promises:  nothing is published that is not committed; a shard's cursor only moves over records
// that the broker holds,
//            without a gap. After a broken producer or a restart it goes on from the cursor:
//            repeats, never losses.
// Limits:    kEventsInFlightMax messages unacknowledged; the backlog stays in the journal.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "base/mutex.h"
#include "events/event_sink.h"
#include "orchestrator/feed_reader.h"

namespace saga {

struct PublisherOptions {
  std::string cluster = "dev";
  std::string topic = "saga.events.v1";
  std::string attention_topic = "saga.attention.v1";  // Empty = none.
};

// One shard to follow.
struct PublisherSource {
  CommittedFeed& feed;
  std::unique_ptr<FeedReader> reader;
};

class Publisher {
 public:
  Publisher(PublisherOptions options, std::vector<PublisherSource> sources, EventSink& sink);
  ~Publisher();

  void Start();
  // Publishes what is committed by now for at most `patience`, then ends the thread.
  void Stop(std::chrono::milliseconds patience);

  // One turn: read, offer, take acknowledgements. True when it moved anything.
  bool RunOnce(std::chrono::milliseconds poll_wait);

  // Records that are committed and not acknowledged by the broker.
  std::uint64_t pending() const;

 private:
  // What a shard has been offered and not all of which is acknowledged.
  struct Offered {
    JournalSeq seq{};
    std::uint32_t unacknowledged = 0;
  };
  struct Follower {
    PublisherSource source;
    JournalSeq read_to{};
    bool begun = false;
    std::deque<CommittedRecord> unread;  // Read and not offered yet.
    std::uint32_t unread_offset =
        0;  // Messages of the first unread record that are offered already.
    std::deque<Offered> offered;
    std::uint64_t first_ticket = 0;  // Ticket number of offered.front().
    std::uint64_t subscription = 0;
  };

  void Run();
  bool ReadMore(Follower& follower);
  bool OfferAll(Follower& follower, std::size_t shard);
  enum class OfferResult : std::uint8_t { kDone, kWait, kBroken };
  OfferResult OfferRecord(Follower& follower, std::size_t shard, const CommittedRecord& record);
  bool TakeDeliveries(std::chrono::milliseconds wait);
  static void MoveCursor(Follower& follower);
  // Forgets what was read and offered: the next turn begins at the saved cursor.
  static void LetGo(Follower& follower);
  void StartOver();
  bool AllPublished() const;

  const PublisherOptions options_;
  EventSink& sink_;
  std::vector<Follower> followers_;
  std::size_t in_flight_ = 0;
  bool broken_ = false;

  Mutex mutex_;
  CondVar wake_;
  bool signalled_ SAGA_GUARDED_BY(mutex_) = false;
  bool stopping_ SAGA_GUARDED_BY(mutex_) = false;
  std::chrono::steady_clock::time_point give_up_ SAGA_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace saga

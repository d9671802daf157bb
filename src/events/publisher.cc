#include "events/publisher.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "base/metrics.h"
#include "events/limits.h"

namespace saga {
namespace {

// A ticket names a shard and the number of one of its records: 8 bits and 56 bits.
constexpr unsigned kShardShift = 56;
constexpr std::uint64_t kNumberMask = (1ULL << kShardShift) - 1;

const Counter& PublishedTotal() {
  static const Counter counter = MetricCounter("messaging_client_sent_messages_total",
                                               "Messages that the broker has acknowledged.");
  return counter;
}

const Gauge& PendingGauge() {
  static const Gauge gauge =
      MetricGauge("sagad_outbox_pending", "Committed records that are not published yet.");
  return gauge;
}

}  // namespace

Publisher::Publisher(PublisherOptions options, std::vector<PublisherSource> sources,
                     EventSink& sink)
    : options_(std::move(options)), sink_(sink) {
  SAGA_CHECK(sources.size() < 256);
  followers_.reserve(sources.size());
  for (PublisherSource& source : sources)
    followers_.push_back(Follower{.source = std::move(source)});
}

Publisher::~Publisher() { Stop(std::chrono::milliseconds(0)); }

void Publisher::Start() {
  for (Follower& follower : followers_) {
    follower.subscription = follower.source.feed.Subscribe([this] {
      MutexLock lock(mutex_);
      signalled_ = true;
      wake_.notify_one();
    });
  }
  thread_ = std::thread([this] { Run(); });
}

void Publisher::Stop(std::chrono::milliseconds patience) {
  if (!thread_.joinable()) return;
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    give_up_ = std::chrono::steady_clock::now() + patience;
    wake_.notify_one();
  }
  thread_.join();
  for (Follower& follower : followers_) follower.source.feed.Unsubscribe(follower.subscription);
}

void Publisher::Run() {
  while (true) {
    const bool moved = RunOnce(std::chrono::milliseconds(in_flight_ > 0 ? 5 : 0));
    PendingGauge().Set(static_cast<double>(pending()));
    MutexLock lock(mutex_);
    if (stopping_ && (AllPublished() || std::chrono::steady_clock::now() >= give_up_)) return;
    if (moved || in_flight_ > 0) continue;
    const auto wait = broken_ ? kPublisherErrorWait : kPublisherIdleWait;
    const auto until =
        std::chrono::steady_clock::now() + (stopping_ ? std::chrono::milliseconds(10) : wait);
    while (!signalled_ && !stopping_ &&
           wake_.wait_until(mutex_, until) != std::cv_status::timeout) {}
    signalled_ = false;
  }
}

bool Publisher::RunOnce(std::chrono::milliseconds poll_wait) {
  bool moved = false;
  if (broken_) StartOver();
  for (std::size_t shard = 0; shard < followers_.size() && !broken_; ++shard) {
    moved = ReadMore(followers_[shard]) || moved;
    moved = OfferAll(followers_[shard], shard) || moved;
  }
  return TakeDeliveries(poll_wait) || moved;
}

bool Publisher::ReadMore(Follower& follower) {
  if (!follower.unread.empty() || in_flight_ >= kEventsInFlightMax) return false;
  // A claim tells the feed the saved cursor before the last position: without one there is nothing
  // to publish, or the shard is not ours.
  if (follower.source.feed.last() == JournalSeq{}) {
    LetGo(follower);
    return false;
  }
  if (!follower.begun) {
    follower.read_to = follower.source.feed.published();
    follower.begun = true;
  }
  if (follower.read_to == follower.source.feed.last()) return false;
  auto page = follower.source.reader->Read(follower.read_to, kEventsReadMax);
  if (!page.ok()) {
    spdlog::error("shard={} events cannot be read after {}: {}",
                  ToNumber(follower.source.feed.shard()), ToNumber(follower.read_to),
                  page.status().ToString());
    // Somebody else has published and truncated what lay there: the saved cursor is behind it.
    if (page.status().code() == StatusCode::kOutOfRange) LetGo(follower);
    return false;
  }
  if (page->read_to == follower.read_to) return false;
  follower.read_to = page->read_to;
  for (CommittedRecord& record : page->records) follower.unread.push_back(std::move(record));
  if (follower.unread.empty() && follower.offered.empty())
    follower.source.feed.SetPublished(follower.read_to);
  return true;
}

bool Publisher::OfferAll(Follower& follower, std::size_t shard) {
  bool moved = false;
  while (!follower.unread.empty() && in_flight_ < kEventsInFlightMax) {
    switch (OfferRecord(follower, shard, follower.unread.front())) {
      case OfferResult::kDone:
        follower.unread.pop_front();
        moved = true;
        break;
      case OfferResult::kWait:
        return moved;
      case OfferResult::kBroken:
        broken_ = true;
        return moved;
    }
  }
  return moved;
}

Publisher::OfferResult Publisher::OfferRecord(Follower& follower, std::size_t shard,
                                              const CommittedRecord& record) {
  const EventMessage event = MakeEvent(options_.cluster, record);
  const bool twice = event.attention && !options_.attention_topic.empty();
  const bool resumed = follower.unread_offset > 0;
  const std::uint64_t number = follower.first_ticket + follower.offered.size() - (resumed ? 1 : 0);
  const std::uint64_t ticket =
      static_cast<std::uint64_t>(shard) << kShardShift | (number & kNumberMask);
  for (std::uint32_t i = follower.unread_offset; i < (twice ? 2U : 1U); ++i) {
    const std::string& topic = i == 0 ? options_.topic : options_.attention_topic;
    switch (sink_.Produce(topic, event, ticket)) {
      case Offer::kTaken:
        break;
      case Offer::kFull:
        return OfferResult::kWait;
      case Offer::kBroken:
        return OfferResult::kBroken;
    }
    ++in_flight_;
    if (i == 0) {
      follower.offered.push_back({record.seq, twice ? 2U : 1U});
      follower.unread_offset = twice ? 1 : 0;
    }
  }
  follower.unread_offset = 0;
  return OfferResult::kDone;
}

bool Publisher::TakeDeliveries(std::chrono::milliseconds wait) {
  const auto deliveries = sink_.Poll(wait);
  for (const Delivery& delivery : deliveries) {
    --in_flight_;
    if (!delivery.acknowledged) {
      broken_ = true;
      continue;
    }
    PublishedTotal().Add();
    Follower& follower = followers_[delivery.ticket >> kShardShift];
    const std::uint64_t number = delivery.ticket & kNumberMask;
    if (number < follower.first_ticket) continue;  // Of a term of ownership that is over.
    SAGA_CHECK(number - follower.first_ticket < follower.offered.size());
    --follower.offered[number - follower.first_ticket].unacknowledged;
    MoveCursor(follower);
  }
  return !deliveries.empty();
}

void Publisher::MoveCursor(Follower& follower) {
  JournalSeq reached{};
  bool moved = false;
  // The last record may still have a message to come.
  while (!follower.offered.empty() && follower.offered.front().unacknowledged == 0) {
    reached = follower.offered.front().seq;
    follower.offered.pop_front();
    ++follower.first_ticket;
    moved = true;
  }
  if (!moved) return;
  // Behind the last record there may be positions without an event.
  const bool all = follower.offered.empty() && follower.unread.empty();
  follower.source.feed.SetPublished(all ? follower.read_to : reached);
}

void Publisher::LetGo(Follower& follower) {
  follower.first_ticket += follower.offered.size();
  follower.offered.clear();
  follower.unread.clear();
  follower.unread_offset = 0;
  follower.begun = false;
}

void Publisher::StartOver() {
  if (const Status status = sink_.Reopen(); !status.ok()) {
    spdlog::error("kafka producer cannot be opened: {}", status.ToString());
    return;
  }
  broken_ = false;
  in_flight_ = 0;
  for (Follower& follower : followers_) LetGo(follower);
  spdlog::warn("kafka producer reopened: going on from the last acknowledged events");
}

bool Publisher::AllPublished() const {
  return std::all_of(followers_.begin(), followers_.end(), [](const Follower& follower) {
    return follower.source.feed.published() == follower.source.feed.last();
  });
}

std::uint64_t Publisher::pending() const {
  std::uint64_t pending = 0;
  for (const Follower& follower : followers_) {
    pending += ToNumber(follower.source.feed.last()) - ToNumber(follower.source.feed.published());
  }
  return pending;
}

}  // namespace saga

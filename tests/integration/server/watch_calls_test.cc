#include "integration/server/sagad_fixture.h"

namespace saga::test {
namespace {

using v1::SagaService;

// One stream, read until enough has come.
class Stream {
 public:
  Stream(SagaService::Stub& stub, const std::string& cursor, const std::string& filter = {}) {
    context_.set_deadline(std::chrono::system_clock::now() + kPatience);
    v1::WatchSagasRequest request;
    request.set_cursor(cursor);
    request.set_filter(filter);
    reader_ = stub.WatchSagas(&context_, request);
  }
  ~Stream() {
    context_.TryCancel();
    if (!finished_) reader_->Finish();
  }

  // Reads until `count` events are there, or the stream ends.
  void ReadEvents(std::size_t count) {
    v1::WatchSagasResponse response;
    while (events.size() < count && reader_->Read(&response)) {
      cursor = response.cursor();
      events.insert(events.end(), response.events().begin(), response.events().end());
    }
  }
  void ReadGreeting() {
    v1::WatchSagasResponse response;
    if (reader_->Read(&response)) cursor = response.cursor();
  }
  Status End() {
    v1::WatchSagasResponse response;
    while (reader_->Read(&response)) {}
    finished_ = true;
    return StatusOf(reader_->Finish());
  }

  std::vector<v1::SagaEvent> events;
  std::string cursor;

 private:
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<v1::WatchSagasResponse>> reader_;
  bool finished_ = false;
};

using WatchCallsTest = SagadTest;

constexpr std::size_t kEventsOfOne = 4;  // Started, two steps, succeeded.

TEST_F(WatchCallsTest, AStreamShowsWhatIsCommittedFromNowOn) {
  Start(StartOf("before"));
  Wait("before");
  Stream stream(*sagas_, "");
  stream.ReadGreeting();
  EXPECT_NE(stream.cursor, "");

  Start(StartOf("ord-1"));
  stream.ReadEvents(kEventsOfOne);

  ASSERT_EQ(stream.events.size(), kEventsOfOne);
  for (std::size_t i = 0; i < kEventsOfOne; ++i) {
    EXPECT_EQ(stream.events[i].saga(), "namespaces/default/sagas/ord-1");
    EXPECT_EQ(stream.events[i].revision(), static_cast<std::int64_t>(i + 1));
  }
  EXPECT_EQ(stream.events.back().type(), "saga.succeeded.v1");
}

TEST_F(WatchCallsTest, ACursorGoesOnWhereItStoodAlsoAfterARestart) {
  std::string cursor;
  {
    Stream stream(*sagas_, "");
    stream.ReadGreeting();
    cursor = stream.cursor;
  }
  for (int i = 0; i < 20; ++i) Start(StartOf("ord-" + std::to_string(i)));
  for (int i = 0; i < 20; ++i) Wait("ord-" + std::to_string(i));
  sagad_->process().KillHard();
  Restart();

  Stream stream(*sagas_, cursor);
  stream.ReadEvents(20 * kEventsOfOne);

  std::map<std::string, std::int64_t> last;
  for (const v1::SagaEvent& event : stream.events) {
    EXPECT_EQ(event.revision(), ++last[event.saga()]) << event.saga();
  }
  EXPECT_EQ(last.size(), 20U);
}

TEST_F(WatchCallsTest, AFilterLetsOnlyItsSagasThrough) {
  Stream stream(*sagas_, "", "saga=ord-2");
  stream.ReadGreeting();
  Start(StartOf("ord-1"));
  Wait("ord-1");
  Start(StartOf("ord-2"));

  stream.ReadEvents(kEventsOfOne);

  ASSERT_EQ(stream.events.size(), kEventsOfOne);
  for (const v1::SagaEvent& event : stream.events) {
    EXPECT_EQ(event.saga(), "namespaces/default/sagas/ord-2");
  }
}

TEST_F(WatchCallsTest, ManyStreamsSeeTheSame) {
  std::vector<std::unique_ptr<Stream>> streams;
  for (int i = 0; i < 50; ++i) {
    streams.push_back(std::make_unique<Stream>(*sagas_, ""));
    streams.back()->ReadGreeting();
  }
  Start(StartOf("ord-1"));

  for (const auto& stream : streams) {
    stream->ReadEvents(kEventsOfOne);
    EXPECT_EQ(stream->events.size(), kEventsOfOne);
  }
}

TEST_F(WatchCallsTest, CursorsAndFiltersThatMakeNoSenseEndTheStream) {
  EXPECT_EQ(Stream(*sagas_, "nonsense").End().reason(), "FIELD_INVALID");
  EXPECT_EQ(Stream(*sagas_, "w1-0-0").End().reason(), "FIELD_INVALID");
  const Status ahead = Stream(*sagas_, "w1-ffff-0-0-0").End();
  EXPECT_EQ(ahead.code(), StatusCode::kOutOfRange);
  EXPECT_EQ(ahead.reason(), "CURSOR_EXPIRED");
  EXPECT_EQ(Stream(*sagas_, "", "health=STUCK").End().reason(), "FILTER_INVALID");
}

TEST_F(WatchCallsTest, ADrainEndsTheStreamsWithACursorThatStaysGood) {
  Stream stream(*sagas_, "");
  stream.ReadGreeting();
  sagad_->process().Signal(SIGTERM);

  const Status end = stream.End();

  EXPECT_EQ(end.code(), StatusCode::kUnavailable);
  EXPECT_EQ(end.reason(), "DRAINING");
}

}  // namespace
}  // namespace saga::test

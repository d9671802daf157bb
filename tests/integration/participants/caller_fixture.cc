#include "integration/participants/caller_fixture.h"

#include <utility>

#include "support/wait.h"

namespace saga::test {
namespace {

class InputBuilder final : public participants::CallCodec {
 public:
  Result<std::string> Build(const ParticipantCall& call) const override {
    if (call.input->bytes == "unbuildable") {
      return Status(StatusCode::kFailedPrecondition, "MAPPING", "input.order.id: no such field");
    }
    return call.input->bytes;
  }
  AnswerRules::Reading Read(const ParticipantCall&, PayloadRef answer) const override {
    return {.output = std::move(answer), .failure = {}};
  }
};

}  // namespace

ReplyPlace Inbox::Place(std::function<bool()> still_owned) {
  return {[this](CallReplied&& reply) {
            const MutexLock lock(mutex_);
            replies_.push_back(std::move(reply));
          },
          std::move(still_owned)};
}

std::size_t Inbox::count() const {
  const MutexLock lock(mutex_);
  return replies_.size();
}

std::vector<CallReplied> Inbox::Await(std::size_t count, milliseconds limit) {
  WaitUntil(limit, [&] { return this->count() >= count; });
  const MutexLock lock(mutex_);
  return replies_;
}

DefinitionRef OneStep(StepOptions options) {
  Definition definition{.name_space = "default", .name = "order", .version = 3};
  Step step{.id = "reserve"};
  step.action = {.participant = options.participant,
                 .method = options.method,
                 .errors = options.errors,
                 .timeout = options.timeout};
  step.undo = Call{.participant = options.participant, .method = "Release"};
  definition.steps.push_back(step);
  Result<DefinitionRef> made = Definition::Make(std::move(definition));
  EXPECT_TRUE(made.ok()) << made.status().ToString();
  return *made;
}

std::string Behave(const std::string& behaviour, int after_ms) {
  ::test::stock::v1::ReserveRequest request;
  request.set_order_id("o-1");
  request.mutable_item()->set_behaviour(behaviour);
  request.mutable_item()->set_after_ms(after_ms);
  return request.SerializeAsString();
}

Result<std::unique_ptr<const participants::CallCodec>> InputAsRequest(
    const ParticipantCall&, const participants::CallTypes&) {
  return std::unique_ptr<const participants::CallCodec>(std::make_unique<InputBuilder>());
}

CallerFixture::CallerFixture(participants::CodecCompiler compile)
    : caller_(registry_, transport_, std::move(compile),
              [this](const std::string& name_space, const std::string& name) {
                const MutexLock lock(mutex_);
                recovered_.push_back(name_space + "/" + name);
              }),
      directory_(
          registry_, caller_, [this](const std::string&, const std::string&) { return uses_; },
          [] { return TimePoint(std::chrono::hours(1'000'000)); }) {
  EXPECT_TRUE(registry_.Load().ok());
}

ParticipantRecord CallerFixture::Record(const std::string& name, const std::string& target,
                                        std::uint32_t max_in_flight) const {
  return {.name_space = "default", .name = name, .target = target, .max_in_flight = max_in_flight};
}

Result<RegisteredParticipant> CallerFixture::Register(const ParticipantRecord& record) {
  return directory_.Register({.record = record}, {.actor = "test"},
                             ParticipantDirectory::Mode::kRegister);
}

ParticipantCall CallerFixture::MakeCall(const DefinitionRef& definition,
                                        std::string request) const {
  return {.saga = SagaId("default", "ord-1"),
          .definition = definition,
          .step = StepIndex{0},
          .operation = Operation::kAction,
          .attempt = 1,
          .idempotency_key = "dev/default/ord-1:reserve:action",
          .input = MakePayload({.encoding = PayloadEncoding::kProtobuf,
                                .type = "test.stock.v1.ReserveRequest",
                                .bytes = std::move(request)}),
          .rejectable = true};
}

CallReplied CallerFixture::CallAndAwait(const DefinitionRef& definition, std::string request) {
  Inbox inbox;
  caller_.Call(MakeCall(definition, std::move(request)), inbox.Place());
  const std::vector<CallReplied> replies = inbox.Await(1);
  EXPECT_EQ(replies.size(), 1U);
  return replies.empty() ? CallReplied() : replies[0];
}

ParticipantStatus CallerFixture::Status(const std::string& name) const {
  const std::optional<ParticipantStatus> status = directory_.Get("default", name);
  EXPECT_TRUE(status.has_value()) << name;
  return status.value_or(ParticipantStatus());
}

std::vector<std::string> CallerFixture::Recovered() const {
  const MutexLock lock(mutex_);
  return recovered_;
}

}  // namespace saga::test

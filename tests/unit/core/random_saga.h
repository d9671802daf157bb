// One random saga against participants that keep the rules, with everything going wrong that can;
// then everything answers, and it must end.
#pragma once

#include <deque>
#include <set>
#include <string>
#include <vector>

#include "orchestrator/core/decide.h"
#include "unit/core/fake_participants.h"
#include "unit/core/random_plan.h"
#include "unit/core/scripted_conditions.h"

namespace saga::testing {

class RandomSaga {
 public:
  explicit RandomSaga(std::uint64_t seed);

  // What did not hold, with the plan and all that happened; empty = everything held.
  std::string Run();

 private:
  void Start();
  void Disturb();
  void Settle();
  bool GiveWay();

  void Take(const Input& input);
  void Commit(const Decision& decision, bool by_person);
  void Crash();
  void Judge(const Decision& decision, const Saga& before, bool by_person);
  void JudgeCall(const CallParticipant& call, const Saga& before);
  void JudgeRecord(const Record& record, const Saga& before, bool by_person);
  void JudgeEnd();
  bool UndoIsInOrder(StepIndex step) const;

  void AnswerSomeCall();
  void AnswerWell(const CallParticipant& call);
  void SendSomeReport();
  void SendSomeSignal();
  void ActAsPerson();
  void PassTime();
  Saga Replayed() const;
  void Fail(const std::string& problem);

  Dice dice_;
  std::string plan_;
  DefinitionRef definition_;
  ScriptedConditions conditions_;
  FakeParticipants participants_;
  Saga saga_;
  TimePoint now_;
  std::vector<NumberedRecord> journal_;
  std::vector<Effect> in_flight_;
  std::vector<CallParticipant> late_;     // Requests that have not arrived.
  std::vector<OutcomeReported> reports_;  // Of calls that were accepted.
  std::set<StepIndex> called_;
  bool lied_ = false;  // A person has said what is not true.
  std::string problem_;
};

}  // namespace saga::testing

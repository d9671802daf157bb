// Every kind of step x operation x place x fault x disturbance, judged by the table in
// docs/semantics.md, which knows nothing of the code.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "unit/core/matrix_run.h"
#include "unit/core/outcome_table.h"

namespace saga::testing {
namespace {

struct Kind {
  std::string name;
  std::string marks;  // Behind "x" in a plan; see scenario.h.
  std::set<std::string> places;
  bool hold = false;
  bool query = false;
  bool waits = false;
};

const std::set<std::string> kAnywhere = {"before", "pivot", "after", "none"};
const std::set<std::string> kNotPivot = {"before", "after", "none"};
const std::set<std::string> kUndoable = {"before", "none"};

const std::vector<Kind> kKinds = {
    {.name = "action", .marks = "", .places = kAnywhere},
    {.name = "action in_doubt undo", .marks = "@", .places = kUndoable},
    {.name = "action with query", .marks = "%", .places = kAnywhere, .query = true},
    {.name = "async", .marks = "~", .places = kAnywhere},
    {.name = "async with query", .marks = "~%", .places = kAnywhere, .query = true},
    {.name = "hold", .marks = "#", .places = kUndoable, .hold = true},
    {.name = "hold in_doubt undo", .marks = "#@", .places = kUndoable, .hold = true},
    {.name = "optional", .marks = "?", .places = kNotPivot},
    {.name = "optional hold", .marks = "#?", .places = kUndoable, .hold = true},
    {.name = "timer", .marks = "+10", .places = kNotPivot, .waits = true},
    {.name = "signal", .marks = "=go/20", .places = kNotPivot, .waits = true},
    {.name = "skipped", .marks = "^no", .places = kAnywhere, .waits = true},
    {.name = "optional signal", .marks = "=go/20?", .places = kNotPivot, .waits = true},
};

const std::vector<std::pair<std::string, Fault>> kFaults = {
    {"nothing", Fault::kNone},
    {"no", Fault::kNo},
    {"declined", Fault::kDeclined},
    {"denied", Fault::kDenied},
    {"answer lost", Fault::kLostDone},
    {"request lost", Fault::kLostNotDone},
    {"silent a while (done)", Fault::kSilentAWhileDone},
    {"silent a while (not done)", Fault::kSilentAWhileNotDone},
    {"silent (done)", Fault::kSilentDone},
    {"silent (not done)", Fault::kSilentNotDone},
};

// A line of the matrix before disturbances.
struct Entry {
  OutcomeQuestion question;
  MatrixCase run;
};

std::string PlanFor(const Kind& kind, const std::string& place) {
  const std::string x = "x" + kind.marks;
  if (place == "before") return fmt::format("first, {}, capture!, last", x);
  if (place == "pivot") return fmt::format("first, x!{}, last", kind.marks);
  if (place == "after") return fmt::format("first, capture!, {}, last", x);
  return fmt::format("first, {}, last", x);
}

void AddCalls(const Kind& kind, const std::string& place, std::vector<Entry>& entries) {
  const Operation forward = kind.hold ? Operation::kTry : Operation::kAction;
  std::vector<std::pair<std::string, Operation>> operations = {{"action", forward}};
  const bool undoable = kUndoable.contains(place);
  if (undoable) operations.emplace_back("undo", kind.hold ? Operation::kCancel : Operation::kUndo);
  if (kind.hold) operations.emplace_back("confirm", Operation::kConfirm);
  if (kind.query) operations.emplace_back("query", Operation::kQuery);
  for (const auto& [name, operation] : operations) {
    for (const auto& [fault_name, fault] : kFaults) {
      // There is no `reject_if` after the pivot, nor of other operations.
      if (fault == Fault::kDeclined && (name != "action" || place == "after")) continue;
      Entry entry{
          {kind.name, name, place, fault_name},
          {.plan = PlanFor(kind, place), .step = "x", .operation = operation, .fault = fault}};
      // Something must turn the saga back before it undoes anything.
      if (name == "undo") entry.run.refusing = place == "before" ? "capture" : "last";
      entries.push_back(std::move(entry));
    }
  }
}

void AddWaits(const Kind& kind, const std::string& place, std::vector<Entry>& entries) {
  const MatrixCase run{.plan = PlanFor(kind, place), .step = "x"};
  const auto add = [&](const std::string& fault_name, Fault fault, bool early) {
    Entry entry{{kind.name, "wait", place, fault_name}, run};
    entry.run.fault = fault;
    entry.run.early = early;
    entries.push_back(std::move(entry));
  };
  add("nothing", Fault::kNone, false);
  if (kind.name == "timer" || kind.name == "skipped") return;
  add("early", Fault::kNone, true);
  add("silent a while (not done)", Fault::kSilentAWhileNotDone, false);
  add("silent (not done)", Fault::kSilentNotDone, false);
}

std::vector<Entry> AllEntries() {
  std::vector<Entry> entries;
  for (const Kind& kind : kKinds) {
    for (const std::string& place : kind.places) {
      kind.waits ? AddWaits(kind, place, entries) : AddCalls(kind, place, entries);
    }
  }
  return entries;
}

std::string Describe(const Entry& entry) {
  return fmt::format("{} / {} / {} / {} / disturbance {} at {} ({})", entry.question.step,
                     entry.question.operation, entry.question.place, entry.question.fault,
                     static_cast<int>(entry.run.disturbance), entry.run.append, entry.run.plan);
}

// The run again, with everything that must not matter.
std::vector<Entry> Disturbed(const Entry& entry, std::size_t appends) {
  std::vector<Entry> disturbed;
  const auto add = [&](Disturbance disturbance, std::size_t append) {
    disturbed.push_back(entry);
    disturbed.back().run.disturbance = disturbance;
    disturbed.back().run.append = append;
  };
  add(Disturbance::kTwice, 0);
  add(Disturbance::kAgainAtEnd, 0);
  for (std::size_t i = 0; i < appends; ++i) {
    add(Disturbance::kCrashBefore, i);
    add(Disturbance::kCrashAfter, i);
  }
  return disturbed;
}

class MatrixTest : public ::testing::Test {
 protected:
  void Judge(const Entry& entry, const MatrixResult& result) {
    ++runs_;
    const OutcomeRow* row = Find(table_, entry.question);
    ASSERT_NE(row, nullptr) << "the table says nothing of " << Describe(entry);
    used_.insert(row->line);
    if (result.problem.empty() && result.end == row->end && result.effect == row->effect) return;
    ADD_FAILURE() << Describe(entry) << "\n  docs/semantics.md:" << row->line << " says "
                  << row->end << ", " << row->effect << "\n  it was " << result.end << ", "
                  << result.effect << " " << result.problem << result.story;
  }

  const std::vector<OutcomeRow> table_ = ReadOutcomeTable("docs/semantics.md");
  std::set<int> used_;
  std::size_t runs_ = 0;
};

TEST_F(MatrixTest, EverySagaEndsAsTheTableSaysWhateverHappensBesides) {
  ASSERT_GT(table_.size(), 10U);
  for (const Entry& entry : AllEntries()) {
    const MatrixResult plain = RunCase(entry.run);
    Judge(entry, plain);
    for (const Entry& disturbed : Disturbed(entry, plain.appends)) {
      Judge(disturbed, RunCase(disturbed.run));
    }
    ASSERT_FALSE(HasFatalFailure());
  }
  for (const OutcomeRow& row : table_) {
    EXPECT_TRUE(used_.contains(row.line)) << "no case is judged by line " << row.line;
  }
  RecordProperty("runs", static_cast<int>(runs_));
  EXPECT_GT(runs_, 5'000U);
}

}  // namespace
}  // namespace saga::testing

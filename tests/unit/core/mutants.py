"""Plants wrong rules into a copy of the core and looks whether the tests turn red: first the matrix, then all of core_test.

    python3 -B tests/unit/core/mutants.py FOLDER [WORD]

FOLDER gets the copy and its build (with ccache: half a minute, then some seconds for each); WORD chooses mutants by name. Exit code 1
when one survives. Not part of the suite: it builds two dozen times.
"""

import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[3]
COPIED = ("CMakeLists.txt", "CMakePresets.json", "cmake", "proto", "src", "tests", "docs", "deploy")
CORE = "src/orchestrator/core"

# name, file, what is there once, what stands there instead.
MUTANTS = [
    ("confirm before the pivot", "outlook.cc",
     "return pivot == StepState::kSucceeded || pivot == StepState::kSkipped;", "return pivot != StepState::kWaiting;"),
    ("a given-up try is confirmed", "outlook.cc", "if (steps_[i].state == StepState::kSucceeded) {",
     "if (steps_[i].state == StepState::kSucceeded || steps_[i].state == StepState::kGivenUp) {"),
    ("a given-up try is not cancelled", "outlook.cc",
     "} else if (steps_[i].state == StepState::kGivenUp && steps_[i].effect_possible) {", "} else if (false) {"),
    ("the end does not wait for confirms", "outlook.cc",
     "return step.state == StepState::kConfirming || step.state == StepState::kUndoing;",
     "return step.state == StepState::kUndoing;"),
    ("a refused confirm counts as done", "decide_back.cc",
     "return GetStuck(draft, reply, StuckReason::kRejectedAfterPivot);",
     "return draft.GoForward(StepConfirmed{.step = reply.step, .operation = reply.operation});"),
    ("a rejection by query proves", "decide_reply.cc",
     "const bool doubted = pending.doubted || reply.operation == Operation::kQuery;",
     "const bool doubted = pending.doubted && false;"),
    ("the pivot believes its query", "decide_async.cc",
     "if (draft.spec(reply.step).pivot) return OnQueryUnanswered(draft, reply);", ""),
    ("unknown answers are not undone", "turn_back.cc", "if (never) return Unanswered::kAbandon;",
     "return Unanswered::kAbandon;"),
    ("an undo does not wait for dependants", "outlook.cc",
     "if (!blocked) due.push_back({ToStep(i), UndoOperation(definition_.steps[i])});",
     "due.push_back({ToStep(i), UndoOperation(definition_.steps[i])});"),
    ("a pivot used up turns back", "decide_reply.cc", "if (step.pivot || step.after_pivot) {", "if (step.after_pivot) {"),
    ("a no after the pivot turns back", "decide_reply.cc",
     "if (step.after_pivot) return GetStuck(draft, reply, StuckReason::kRejectedAfterPivot);", ""),
    ("an optional step that declines fails the saga", "decide_reply.cc",
     "if (declined && step.optional) return GiveUp(draft, reply);", ""),
    ("an expired signal goes on", "decide_wait.cc", "if (step.optional) {", "if (true) {"),
    ("a late accepted call waits for ever", "decide_async.cc",
     "if (!record.until && progress.within) record.until = draft.now() + *progress.within;", ""),
    ("a replay forgets CONFIRM", "evolve.cc", "saga.holds = r.decision;", ""),
    ("recovery calls what was accepted", "saga.cc", "return pending.operation == Operation::kQuery;", "return true;"),
    ("a take-over doubts nothing", "apply.cc",
     "if (step.pending && step.pending->awaited == Awaited::kAnswer) step.pending->doubted = true;", ""),
    ("kept signals are forgotten on replay", "evolve.cc", "saga.signals.push_back({record.name, record.payload});", ""),
    ("an undo used up counts as done", "decide_back.cc",
     "return RepeatUntil(draft, reply, StuckReason::kCompensationExhausted);", "return OnUndone(draft, reply);"),
    ("the end does not wait for follow-ups", "draft.cc", "if (open_follow_ups_ == 0) Add(std::move(end));",
     "Add(std::move(end));"),
]


def run(folder, *command):
    return subprocess.run(command, cwd=folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)


def prepare(folder):
    for entry in COPIED:
        target = folder / entry
        if (ROOT / entry).is_dir():
            shutil.copytree(ROOT / entry, target, dirs_exist_ok=True)
        else:
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / entry, target)
    # A planted rule may leave a variable unused.
    done = run(folder, "cmake", "--preset", "release", "-DSAGA_BUILD_BENCH=OFF", "-DCMAKE_CXX_FLAGS=-Wno-error=unused-variable")
    if done.returncode:
        sys.exit(done.stdout[-2000:])


def tests(folder, *filters):
    return run(folder, "timeout", "300", "build/release/tests/core_test", *filters).returncode == 0


def try_mutant(folder, name, file, was, becomes):
    path = folder / CORE / file
    text = path.read_text(encoding="utf-8")
    if text.count(was) != 1:
        return f"its place is there {text.count(was)} times instead of once: bring mutants.py up to date", False
    path.write_text(text.replace(was, becomes), encoding="utf-8")
    try:
        built = run(folder, "nice", "ninja", "-C", "build/release", "core_test")
        if built.returncode:
            return "does not compile:\n" + built.stdout[-1500:], False
        if not tests(folder, "--gtest_filter=Matrix*"):
            return "found by the matrix", True
        return ("found by other tests", True) if not tests(folder) else ("SURVIVES", False)
    finally:
        path.write_text(text, encoding="utf-8")


def main(arguments):
    if not 1 <= len(arguments) <= 2:
        print(__doc__)
        return 2
    folder = pathlib.Path(arguments[0]).resolve()
    chosen = [mutant for mutant in MUTANTS if len(arguments) == 1 or arguments[1] in mutant[0]]
    prepare(folder)
    missed = 0
    for mutant in chosen:
        verdict, found = try_mutant(folder, *mutant)
        missed += not found
        print(f"{mutant[0]:48} {verdict}", flush=True)
    print(f"{len(chosen) - missed} of {len(chosen)} planted rules were found")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Versions of the sources that break a promise on purpose, so that the checkers can be seen to fail.

mutants.py                     lists them
mutants.py NAME FOLDER         writes the sources with the mutation into FOLDER
mutants.py --program NAME      the program that must be built of it
mutants.py --scenario NAME     the scenario that must fail with it

They are never part of a build of the product: `./saga test --compose --mutant NAME` builds one in its state folder.
"""

import pathlib
import shutil
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
COPIED = ("CMakeLists.txt", "CMakePresets.json", "cmake", "proto", "src")

# name: program, scenario, and (file, what is there once, what stands there instead).
MUTANTS = {
    # A participant that takes every call as the first one of its key.
    "barrier": ("saga-demo-participant", "checkouts", [
        ("src/participants/sdk/barrier.cc",
         "return rows.empty() ? Inserted::kBefore : Inserted::kNow;",
         "return rows.empty() ? Inserted::kNow : Inserted::kNow;"),
    ]),
    # A server whose appends are taken whoever owns the shard, and that never gives up what it once held. The journal's
    # primary key would stop it all the same, so that goes, too.
    "fence": ("sagad", "pause_owner_beyond_its_lease", [
        ("src/store/append_statement.cc",
         "WHERE shard = {2} AND epoch = {3} AND last_seq = {0} RETURNING shard",
         "WHERE shard = {2} AND epoch >= 0 * {3} AND last_seq >= 0 * {0} RETURNING shard"),
        ("src/store/append_statement.cc",
         "  FROM fence, journal_segments AS segment))",
         "  FROM fence, journal_segments AS segment ON CONFLICT DO NOTHING))"),
        ("src/orchestrator/lease_keeper.cc",
         "return held_until_[ToNumber(shard)].load(std::memory_order_acquire) > Nanos(clock_());",
         "return held_until_[ToNumber(shard)].load(std::memory_order_acquire) != 0;"),
        ("src/orchestrator/lease_keeper.cc",
         "const bool mine = is_mine(lease) && until > 0;",
         "const bool mine = (is_mine(lease) && until > 0) || held_until_[shard].load() != 0;"),
    ]),
}


def write(name, folder):
    target = pathlib.Path(folder)
    for entry in COPIED:
        source = ROOT / entry
        if source.is_dir():
            shutil.copytree(source, target / entry, dirs_exist_ok=True)
        else:
            target.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target / entry)
    for path, was, becomes in MUTANTS[name][2]:
        text = (target / path).read_text(encoding="utf-8")
        if text.count(was) != 1:
            sys.exit(f"mutant {name}: {path} has its place {text.count(was)} times instead of once; bring mutants.py up to date")
        (target / path).write_text(text.replace(was, becomes), encoding="utf-8")


def main(arguments):
    if not arguments:
        print("\n".join(MUTANTS))
        return 0
    name = arguments[1] if arguments[0].startswith("--") and len(arguments) == 2 else arguments[0]
    if name not in MUTANTS:
        print(f"no mutant '{name}'; there are {', '.join(MUTANTS)}", file=sys.stderr)
        return 2
    if arguments[0] == "--program":
        print(MUTANTS[name][0])
    elif arguments[0] == "--scenario":
        print(MUTANTS[name][1])
    elif len(arguments) == 2:
        write(name, arguments[1])
    else:
        print(__doc__, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

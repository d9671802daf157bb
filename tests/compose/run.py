"""Runs the scenarios one after the other on one system: run.py [FILTER]. Closes with "N passed, N failed".

With SAGA_COMPOSE_MUTANT (mutants.py) the one scenario must end with a checker that fails: exit code 0 then.
"""

import os
import sys
import time
import traceback

import scenarios
from system import System

LINES_SHOWN = 15


def main(wanted):
    chosen = [(name, run) for name, run in scenarios.ALL if wanted in name]
    if not chosen:
        print(f"no scenario matches '{wanted}'; there are: {', '.join(name for name, _ in scenarios.ALL)}")
        return 2
    system = System()
    passed, failed = 0, []
    try:
        system.start()
    except Exception:
        system.keep_evidence("start")
        traceback.print_exc()
        print("0 passed, 1 failed")
        return 1
    if os.environ.get("SAGA_COMPOSE_MUTANT"):
        return hunt(system, os.environ["SAGA_COMPOSE_MUTANT"], *chosen[0])
    for number, (name, run) in enumerate(chosen, 1):
        print(f"[{number}/{len(chosen)}] {name}", flush=True)
        began = time.monotonic()
        try:
            run(system)
            system.check()
            passed += 1
            outcome = "ok"
        except Exception as error:
            failed.append(name)
            outcome = f"FAILED: {error}" if isinstance(error, AssertionError) else traceback.format_exc()
            system.keep_evidence(name)
            show_nodes(system)
            repair(system)
        print(f"    {outcome}  {time.monotonic() - began:.1f} s", flush=True)
    if failed:
        print("failed:", ", ".join(failed))
    print(f"{passed} passed, {len(failed)} failed")
    return 1 if failed else 0


def show_nodes(system):
    """What sagad said last: where CI runs, the kept evidence is gone with the machine."""
    for node in scenarios.SAGADS:
        said = system.logs(node, last=LINES_SHOWN).rstrip()
        print(f"    the last that {node} said:\n      " + said.replace("\n", "\n      "), flush=True)


def hunt(system, mutant, name, run):
    """The scenario on a program that breaks a promise: whatever the load makes of it, the checker must see it."""
    print(f"[1/1] {name} with the mutant {mutant}", flush=True)
    try:
        run(system)
    except AssertionError as error:
        print(f"    the scenario: {str(error).splitlines()[0][:150]}", flush=True)
    seen = system.checker(wait=10)
    wrong = [line for line in seen.stdout.splitlines() if not line.startswith("ok ")]
    print("    checker: " + "\n    ".join(wrong), flush=True)
    found = seen.returncode == 1
    print(f"the mutant {mutant} was {'found' if found else 'NOT found'} by the checker")
    print("1 passed, 0 failed" if found else "0 passed, 1 failed")
    return 0 if found else 1


def repair(system):
    """The next scenario gets a system that runs, whatever the last one left."""
    try:
        scenarios.repair(system)
    except Exception:
        traceback.print_exc()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else ""))

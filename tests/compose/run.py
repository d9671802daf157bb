"""Runs the scenarios one after the other on one system: run.py [FILTER]. Closes with "N passed, N failed"."""

import sys
import time
import traceback

import scenarios
from system import System


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
            repair(system)
        print(f"    {outcome}  {time.monotonic() - began:.1f} s", flush=True)
    if failed:
        print("failed:", ", ".join(failed))
    print(f"{passed} passed, {len(failed)} failed")
    return 1 if failed else 0


def repair(system):
    """The next scenario gets a system that runs, whatever the last one left."""
    try:
        scenarios.repair(system)
    except Exception:
        traceback.print_exc()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else ""))

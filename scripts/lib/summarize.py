"""Adds up the results of one test run and prints the line that CI reads: "N passed, N failed, N skipped"."""

import pathlib
import sys
import xml.etree.ElementTree as xml


def counts_of_program(path):
    """(passed, failed, skipped) of one GoogleTest result file."""
    cases = xml.parse(path).getroot().iter("testcase")
    passed = failed = skipped = 0
    for case in cases:
        if case.find("failure") is not None:
            failed += 1
        elif case.get("result") == "skipped" or case.get("status") == "notrun":
            skipped += 1
        else:
            passed += 1
    return passed, failed, skipped


def main(folder):
    passed = failed = skipped = 0
    failed_programs = []
    for summary in sorted(folder.glob("*.ctest")):
        for program in xml.parse(summary).getroot().iter("testcase"):
            name = program.get("name")
            ok = program.get("status") == "run"
            counts_file = folder / f"{name}.xml"
            counts = counts_of_program(counts_file) if counts_file.exists() else (int(ok), 0, 0)
            passed += counts[0]
            failed += counts[1]
            skipped += counts[2]
            if not ok:
                failed_programs.append(name)
                # Crashed, timed out, or failed outside of a case.
                failed += int(counts[1] == 0)
    if failed_programs:
        print("failed:", ", ".join(failed_programs))
    if passed + failed == 0:
        print("no test matches the filter")
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 0 if failed == 0 and passed > 0 else 1


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))

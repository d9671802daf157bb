"""Names and habits that we do not use, each with what to use instead."""

import re

from source_files import ROOT, blank_out, lines_of, report, sources

# (pattern, where it is looked for, what to do instead)
IN_CODE = [
    (re.compile(r"\bsleep_for\b|\bsleep_until\b|\busleep\b"), "tests", "wait for a condition (tests/support/wait.h)"),
    (re.compile(r"\b(class|struct)\s+\w*Command\b"), "src/orchestrator", "say input, record or effect"),
    (re.compile(r"\busing namespace\b(?!.*literals;)"), "", "name what is used"),
    (re.compile(r"\bstd::(rand|regex)\b"), "", "use an argument, or RE2"),
    (re.compile(r"\b(system_clock|steady_clock|high_resolution_clock)::now\b"), "src/orchestrator/core", "take the time as an argument"),
    (re.compile(r"\bassert\("), "src", "use SAGA_CHECK, which is never compiled out"),
    (re.compile(r"#ifndef\s+\w+_H_?\b"), "", "use #pragma once"),
]
# Comments count too.
IN_TEXT = [
    (re.compile(r"\b(TODO|FIXME|XXX)\b"), "finish it, or open an issue"),
]
# The one place that may sleep.
MAY_SLEEP = "tests/support/wait.cc"


def main():
    findings = []
    for path in sources():
        where = path.as_posix()
        text = (ROOT / path).read_text(encoding="utf-8")
        for number, line in enumerate(blank_out(text).splitlines(), 1):
            for pattern, folder, instead in IN_CODE:
                if where.startswith(folder) and where != MAY_SLEEP and pattern.search(line):
                    findings.append(f"{path}:{number}: {line.strip()}: {instead}")
        for number, line in enumerate(lines_of(path), 1):
            for pattern, instead in IN_TEXT:
                if pattern.search(line):
                    findings.append(f"{path}:{number}: {line.strip()}: {instead}")
    for path in sources():
        if path.suffix == ".h" and "#pragma once" not in (ROOT / path).read_text(encoding="utf-8"):
            findings.append(f"{path}: no #pragma once")
    report(findings)


if __name__ == "__main__":
    main()

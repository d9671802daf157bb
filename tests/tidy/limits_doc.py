"""docs/reference/limits.md is the table of the limits.h files. With --write it is written, else it must be as it would be."""

import re
import sys

from source_files import ROOT, report

DOCUMENT = ROOT / "docs" / "reference" / "limits.md"
FOLDERS = ("orchestrator/core", "orchestrator", "definition", "definition/expr", "store", "participants", "events", "api", "simulate")
LIMIT = re.compile(r"inline constexpr [\w:<>\s]+?\b(k\w+)\s*(?:=\s*([^;]+)|\{([^;]*)\});[ \t]*((?://[^\n]*\n?\s*)*)")


def rows(folder):
    text = (ROOT / "src" / folder / "limits.h").read_text(encoding="utf-8")
    for match in LIMIT.finditer(text):
        value = " ".join((match.group(2) or match.group(3) or "").split())
        kind = re.search(r"chrono::(\w+)", match.group(0))
        unit = f" {kind.group(1)}" if kind and match.group(3) else ""
        comment = " ".join(line.strip().lstrip("/").strip() for line in match.group(4).splitlines() if line.strip())
        yield f"| `{match.group(1)}` | `{value}`{unit} | {comment.replace('|', '/')} |"


def document():
    lines = ["# Limits", "", "Every limit has a name and a number in one place. Written by `python3 tests/tidy/limits_doc.py --write`.", ""]
    for folder in FOLDERS:
        lines += [f"## src/{folder}/limits.h", "", "| limit | value | meaning |", "|---|---|---|", *rows(folder), ""]
    return "\n".join(lines)


def main():
    wanted = document()
    if "--write" in sys.argv:
        DOCUMENT.write_text(wanted, encoding="utf-8")
        return
    stale = not DOCUMENT.exists() or DOCUMENT.read_text(encoding="utf-8") != wanted
    report(["docs/reference/limits.md is not what the limits.h files say: python3 tests/tidy/limits_doc.py --write"]
           if stale else [])


if __name__ == "__main__":
    main()

"""The sources that the tidy checks read, and how a check reports what it finds."""

import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
FOLDERS = ("src", "tests", "bench")


def sources(*folders):
    """All C++ files below the folders (default: all of ours), as paths relative to the root."""
    found = []
    for folder in folders or FOLDERS:
        for pattern in ("*.h", "*.cc"):
            found.extend(path.relative_to(ROOT) for path in (ROOT / folder).rglob(pattern))
    return sorted(found)


def lines_of(path):
    return (ROOT / path).read_text(encoding="utf-8").splitlines()


def blank_out(text):
    """`text` with comments and the insides of literals replaced by spaces; the lines stay where they are."""
    result = []
    i = 0
    while i < len(text):
        if text.startswith("//", i):
            end = text.find("\n", i)
            end = len(text) if end < 0 else end
        elif text.startswith("/*", i):
            end = text.find("*/", i)
            end = len(text) if end < 0 else end + 2
        elif text.startswith('R"', i) and (i == 0 or not (text[i - 1].isalnum() or text[i - 1] == "_")):
            mark = text[i + 2 : text.find("(", i)]
            end = text.find(")" + mark + '"', i)
            end = len(text) if end < 0 else end + len(mark) + 2
        elif text[i] == '"' or (text[i] == "'" and not (i and text[i - 1].isalnum())):
            end = i + 1
            while end < len(text) and text[end] != text[i] and text[end] != "\n":
                end += 2 if text[end] == "\\" else 1
            end = min(end + 1, len(text))
        else:
            result.append(text[i])
            i += 1
            continue
        result.append("".join(c if c == "\n" else " " for c in text[i:end]))
        i = end
    return "".join(result)


def report(findings):
    """Prints the findings and ends the program: 0 when there is none."""
    for finding in findings:
        print(finding)
    print(f"{len(findings)} findings")
    sys.exit(1 if findings else 0)

"""Lengths: files of at most 600 lines, functions of at most 70."""

import re

from source_files import ROOT, blank_out, report, sources

FILE_LINES_MAX = 600
FUNCTION_LINES_MAX = 70

# What opens a block that is not a function body.
NOT_A_FUNCTION = re.compile(r"\b(namespace|class|struct|union|enum|extern)\b")


def function_lengths(text):
    """(first line, lines) of each outermost block that is a function body."""
    text = blank_out(text)
    found = []
    blocks = []  # (line of the head, is it a function or inside one)
    head_start = 0
    for i, char in enumerate(text):
        if char == "{":
            head = text[head_start:i].strip()
            inside = bool(blocks) and blocks[-1][1]
            is_function = not inside and not NOT_A_FUNCTION.search(head.split("(")[0]) and "(" in head
            line = text.count("\n", 0, i) + 1
            blocks.append((line - head.count("\n"), inside or is_function, is_function))
            head_start = i + 1
        elif char == "}":
            if blocks:
                first, _, is_function = blocks.pop()
                if is_function:
                    found.append((first, text.count("\n", 0, i) + 2 - first))
            head_start = i + 1
        elif char == ";":
            head_start = i + 1
    return found


def main():
    findings = []
    for path in sources():
        text = (ROOT / path).read_text(encoding="utf-8")
        lines = text.count("\n")
        if lines > FILE_LINES_MAX:
            findings.append(f"{path}: {lines} lines; {FILE_LINES_MAX} is the limit")
        for first, length in function_lengths(text):
            if length > FUNCTION_LINES_MAX:
                findings.append(f"{path}:{first}: a function of {length} lines; {FUNCTION_LINES_MAX} is the limit")
    report(findings)


if __name__ == "__main__":
    main()

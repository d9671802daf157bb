"""Reads the #include lines: a folder uses only the layers that it may use (docs/architecture.md)."""

import re

from source_files import lines_of, report, sources

# Folder below src/ -> folders whose headers it may include besides its own. The longest matching folder counts.
MAY_INCLUDE = {
    "base": set(),
    "orchestrator/core": {"base"},
    "orchestrator": {"base", "orchestrator/core"},
    "definition/expr": {"base"},
    "definition": {"base", "definition/expr", "orchestrator/core", "orchestrator"},
    "simulate": {"base", "orchestrator/core", "definition"},
    "api": {"base", "orchestrator/core", "orchestrator", "definition"},
    "store": {"base", "orchestrator/core", "orchestrator", "definition"},
    "participants": {"base", "orchestrator/core", "orchestrator", "definition"},
    "participants/sdk": {"base"},
    "participants/demo": {"base", "participants/sdk"},
    "participants/demo/check": {"base"},
    "participants/demo/load": {"base"},
    "events": {"base", "orchestrator/core", "orchestrator", "definition"},
    "events/mock_kafka": {"base"},
    "admin": {"base", "orchestrator/core", "definition", "simulate"},
    "server": {"base", "orchestrator/core", "orchestrator", "definition", "api", "store", "participants", "events"},
}

# The pure core does no I/O and reads no clock: these headers would be the way to it.
CORE = "orchestrator/core"
FORBIDDEN_IN_CORE = re.compile(
    r"#include <(thread|mutex|condition_variable|future|fstream|iostream|filesystem|random|unistd\.h|sys/.*|"
    r"pqxx.*|grpc.*|librdkafka.*|spdlog.*|google/.*)>"
)
# A foreign library stays behind its adapter.
FOREIGN = {
    re.compile(r"#include <pqxx"): ("store", "participants/demo", "participants/demo/check", "participants/sdk"),
    re.compile(r"#include <librdkafka"): ("events", "events/mock_kafka", "participants/demo/check"),
    re.compile(r"#include <grpc"): ("api", "participants", "participants/sdk", "participants/demo", "participants/demo/load", "admin", "server"),
    re.compile(r"#include <yaml-cpp"): ("definition", "server", "admin"),
    re.compile(r"#include <httplib"): ("server",),
}
INCLUDE = re.compile(r'#include "([^"]+)/[^/"]+"')


def layer_of(folder):
    """The layer that a folder belongs to: itself or the nearest one above it; None for generated headers."""
    while folder and folder not in MAY_INCLUDE:
        folder = folder.rpartition("/")[0]
    return folder or None


def wrong_include(own, line):
    """Why this line may not stand in a file of the layer `own`; None when it may."""
    match = INCLUDE.match(line)
    if match:
        other = layer_of(match.group(1))
        if other and other != own and other not in MAY_INCLUDE[own]:
            return f"{own} may not include {other}"
    if own == CORE and FORBIDDEN_IN_CORE.match(line):
        return "the core is pure"
    for pattern, layers in FOREIGN.items():
        if pattern.match(line) and own not in layers:
            return f"only {', '.join(layers)} may include this"
    return None


def main():
    findings = []
    for path in sources("src"):
        own = layer_of(path.parent.as_posix().removeprefix("src/"))
        if own is None:
            findings.append(f"{path}: no layer for this folder; add it to tests/tidy/layers.py")
            continue
        for number, line in enumerate(lines_of(path), 1):
            reason = wrong_include(own, line)
            if reason:
                findings.append(f"{path}:{number}: {reason}: {line}")
    report(findings)


if __name__ == "__main__":
    main()

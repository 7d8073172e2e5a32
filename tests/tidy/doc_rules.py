"""Rules about documents that promise evidence: what they name must exist."""

import re

from sources import Finding

_CONVENTIONS = "docs/conventions.md"
_CASES = "abi/golden/cases.txt"

# How many rules the table has, numbered from 1.
_RULES = 55

_ROW = re.compile(r"\| (\d+) \|.*\| ([^|]*) \|$")
_TEST = re.compile(r"^TEST(?:_P|_F)?\((\w+), (\w+)\)", re.MULTILINE)


def _evidence(sources):
    """What a row may name: golden cases with files, tests, and paths."""
    cases = next((source.lines for source in sources if source.path == _CASES), [])
    names = {line.split()[0] for line in cases if line and not line.startswith("#")}
    for source in sources:
        names.add(source.path)
        if source.is_cpp:
            names.update(".".join(test) for test in _TEST.findall(source.text))
    return names


def traceable_conventions(sources):
    """docs/conventions.md has every rule once, in order, each with evidence that exists."""
    table = next((source for source in sources if source.path == _CONVENTIONS), None)
    if table is None:
        yield Finding(_CONVENTIONS, 1, "is missing")
        return
    known = _evidence(sources)
    expected = 1
    for number, line in enumerate(table.lines, 1):
        row = _ROW.match(line)
        if not row:
            continue
        if int(row[1]) != expected:
            yield Finding(table.path, number, f"rule {row[1]} where {expected} should be")
        expected = int(row[1]) + 1
        shown_by = re.findall(r"`([^`]+)`", row[2])
        if not shown_by:
            yield Finding(table.path, number, f"rule {row[1]} names no evidence")
        for name in shown_by:
            if name not in known:
                yield Finding(table.path, number, f"rule {row[1]}: there is no '{name}'")
    if expected != _RULES + 1:
        yield Finding(table.path, len(table.lines), f"ends with rule {expected - 1} of {_RULES}")

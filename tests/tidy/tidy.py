"""./dev tidy: the house rules, one function each, every one a test.

Usage: tidy.py          check; ends with `N passed, N failed`, exit code 1 if a rule is broken
       tidy.py --fix    format C++ and BUILD files instead
A broken rule prints `file:line: message` for every place.
"""

import sys
import time

import cpp_rules
import doc_rules
import text_rules
import tools
from sources import read_sources

RULES = (
    tools.clang_format,
    tools.buildifier,
    tools.shell_syntax,
    text_rules.file_size,
    text_rules.function_size,
    text_rules.line_width,
    text_rules.whitespace,
    text_rules.opening_comment,
    text_rules.leftovers,
    text_rules.lock_files,
    text_rules.executables,
    cpp_rules.include_direction,
    cpp_rules.include_root,
    cpp_rules.include_guard,
    cpp_rules.orphans,
    doc_rules.traceable_conventions,
    tools.clang_tidy,
)


def check(rule, sources):
    """Runs one rule, prints what it found; true if that is nothing."""
    started = time.monotonic()
    findings = list(rule(sources))
    for finding in findings:
        print(finding)
    state = f"{len(findings)} findings" if findings else "ok"
    print(f"{rule.__name__}: {state} ({time.monotonic() - started:.1f} s)", flush=True)
    return not findings


def main(arguments):
    sources = read_sources()
    if arguments == ["--fix"]:
        tools.fix_format(sources)
        return 0
    if arguments:
        print(__doc__, file=sys.stderr)
        return 2
    results = [check(rule, sources) for rule in RULES]
    print(f"{sum(results)} passed, {len(results) - sum(results)} failed")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

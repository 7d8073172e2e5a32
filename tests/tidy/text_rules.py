"""Rules about text: sizes, widths, opening comments, leftovers. Each yields Findings."""

import ast
import os
import re

from sources import ROOT, Finding

MAX_LINES = 400
MAX_WIDTH = 100
MAX_FUNCTION_LINES = 70

# Golden files and lock files are data; prose has no width.
_DATA_SUFFIXES = {".txt", ".md", ".json", ".csv", ".svg", ".html"}

# Other people's programs, kept as they stand.
_QUOTED_PROGRAMS = "examples/guide/"

# Spelled in two halves, so that this file may stand under its own rule.
_LEFTOVERS = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b")

_COMMENT_STARTS = ("//", "/*", "#", '"""', "'''")


def file_size(sources):
    """A file of code has at most MAX_LINES lines."""
    for source in sources:
        if source.is_code and len(source.lines) > MAX_LINES:
            yield Finding(source.path, len(source.lines), f"more than {MAX_LINES} lines")


def line_width(sources):
    """A line of code has at most MAX_WIDTH characters."""
    for source in sources:
        for number, line in enumerate(source.lines if source.is_code else (), 1):
            if len(line) > MAX_WIDTH and "#include" not in line and "https://" not in line:
                yield Finding(source.path, number, f"{len(line)} characters, limit {MAX_WIDTH}")


def whitespace(sources):
    """No tabs, no blanks at line ends, one newline at the end of a file."""
    for source in sources:
        if source.suffix in _DATA_SUFFIXES or not source.text:
            continue
        for number, line in enumerate(source.lines, 1):
            if line != line.rstrip():
                yield Finding(source.path, number, "blank at the end of the line")
            if "\t" in line:
                yield Finding(source.path, number, "tab")
        if not source.text.endswith("\n") or source.text.endswith("\n\n"):
            yield Finding(source.path, len(source.lines), "must end with exactly one newline")


def opening_comment(sources):
    """A file of code says within ten lines what it is for: it begins with a comment."""
    for source in sources:
        if not source.is_code or not source.text or source.path.startswith(_QUOTED_PROGRAMS):
            continue
        lines = [line for line in source.lines[:10] if line and not line.startswith("#!")]
        if not lines or not lines[0].startswith(_COMMENT_STARTS) or len(lines[0]) < 12:
            yield Finding(source.path, 1, "must begin with a comment that says what it is for")


def leftovers(sources):
    """What is not done belongs into an issue, not into a comment."""
    for source in sources:
        for number, line in enumerate(source.lines, 1):
            word = _LEFTOVERS.search(line)
            if word:
                yield Finding(source.path, number, f"leftover {word.group()}")


def lock_files(sources):
    """Lock files name versions and hashes, but no host."""
    for source in sources:
        if source.name != "package-lock.json":
            continue
        for number, line in enumerate(source.lines, 1):
            if '"resolved": "http' in line:
                yield Finding(source.path, number, "names a host: npm install "
                              "--omit-lockfile-registry-resolved")


def executables(sources):
    """A script with #! is executable, and nothing else is."""
    for source in sources:
        runnable = os.access(ROOT / source.path, os.X_OK)
        if runnable != source.text.startswith("#!"):
            state = "executable without #!" if runnable else "has #! but is not executable"
            yield Finding(source.path, 1, state)


def _python_functions(source):
    for node in ast.walk(ast.parse(source.text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.lineno, node.end_lineno - node.lineno + 1


# The first line of a function or method in formatted JavaScript or Bash: what follows closes at
# the same indentation. Suites (`describe(..., () => {`) are lists of tests, not functions.
_JAVASCRIPT_FUNCTION = re.compile(
    r"^(\s*)(?!(?:if|for|while|switch|catch|with)\b)"
    r"(?:(?:export |default |async |static |get |set )*"
    r"(?:function\b.*|[#\w$]+\([^()]*\)(?:: [^{]+)?)|const \w+ = (?:async )?\(.*\) =>) \{$"
)
_SHELL_FUNCTION = re.compile(r"^(\s*)[\w-]+\(\) [{(]$")


def _indented_functions(source, start):
    for index, line in enumerate(source.lines):
        head = start.match(line)
        if not head:
            continue
        for length, later in enumerate(source.lines[index + 1 :], 2):
            if later.startswith((head.group(1) + "}", head.group(1) + ")")):
                yield index + 1, length
                break


def _functions(source):
    if source.suffix == ".py":
        return _python_functions(source)
    if source.is_javascript:
        return _indented_functions(source, _JAVASCRIPT_FUNCTION)
    if source.is_shell:
        return _indented_functions(source, _SHELL_FUNCTION)
    return ()  # C++: clang-tidy's readability-function-size


def function_size(sources):
    """A function has at most MAX_FUNCTION_LINES lines."""
    for source in sources:
        for line, length in _functions(source):
            if length > MAX_FUNCTION_LINES:
                yield Finding(source.path, line, f"function of {length} lines, "
                              f"limit {MAX_FUNCTION_LINES}")

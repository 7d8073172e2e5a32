"""Prints a source file with one mutant's mistake in it. A build step: see mutant_runners.bzl.

Usage: mutate.py mutants.bzl NAME SOURCE
Fails if the text to replace does not occur exactly once, so that no mutant becomes the original
unnoticed when its source changes.
"""

import pathlib
import runpy
import sys


TABLE = pathlib.Path(__file__).with_name("mutants.bzl")


def read_mutants(path):
    """The table of mutants.bzl, which is valid Python as well as Bazel's language."""
    return runpy.run_path(str(path))["MUTANTS"]


def main(table, name, source):
    mutant = next(row for row in read_mutants(table) if row["name"] == name)
    text = pathlib.Path(source).read_text()
    count = text.count(mutant["text"])
    if count != 1:
        print(f"mutant {name}: its text occurs {count} times in {source}", file=sys.stderr)
        return 1
    print(text.replace(mutant["text"], mutant["replacement"]), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

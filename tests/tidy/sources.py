"""The files tidy looks at, read once, and what a rule reports."""

import dataclasses
import functools
import os
import pathlib

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent

# Results of builds and packages of others. Corpora, in testdata/fuzz, are as fuzzers leave them.
_SKIPPED_FOLDERS = {".git", "build", "node_modules", "__pycache__"}

_CPP = {".h", ".cc", ".c"}
_JAVASCRIPT = {".js", ".mjs", ".ts", ".mts", ".cts"}
_BAZEL = {".bazel", ".bzl", ".BUILD"}


@dataclasses.dataclass(frozen=True)
class Source:
    """A text file: its path from the root, with slashes, and its content."""

    path: str
    text: str

    @functools.cached_property
    def lines(self):
        return self.text.splitlines()

    @property
    def name(self):
        return self.path.rsplit("/", 1)[-1]

    @property
    def suffix(self):
        return pathlib.PurePosixPath(self.path).suffix

    @property
    def is_shell(self):
        return self.suffix == ".sh" or self.text.startswith(("#!/usr/bin/env bash", "#!/bin/bash"))

    @property
    def is_bazel(self):
        return self.suffix in _BAZEL or self.name == "WORKSPACE"

    @property
    def is_cpp(self):
        return self.suffix in _CPP

    @property
    def is_javascript(self):
        return self.suffix in _JAVASCRIPT

    @property
    def is_code(self):
        return (
            self.is_cpp
            or self.is_javascript
            or self.is_bazel
            or self.is_shell
            or self.suffix == ".py"
        )


@dataclasses.dataclass(frozen=True)
class Finding:
    """One broken rule, at a place an editor can jump to."""

    path: str
    line: int
    message: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.message}"


def _paths():
    for folder, folders, names in os.walk(ROOT):
        folders[:] = sorted(
            name
            for name in folders
            if name not in _SKIPPED_FOLDERS
            and not (name == "fuzz" and folder.endswith("/testdata"))
            and not name.startswith("bazel-")
            and not os.path.islink(os.path.join(folder, name))
        )
        for name in sorted(names):
            yield pathlib.Path(folder, name)


def read_sources():
    """Every text file of the project; files that are not UTF-8 are data."""
    sources = []
    for path in _paths():
        try:
            text = path.read_text(encoding="utf-8")
        except (UnicodeDecodeError, OSError):
            continue
        sources.append(Source(path.relative_to(ROOT).as_posix(), text))
    return sources

"""Compiles a chunk of signatures and lets a runner check it.

A compiler that fails on a chunk is asked again for each half, down to the signature that it cannot
compile. A runner that crashed is started again behind the signature that it crashed on.
"""

import dataclasses
import itertools
import json
import subprocess

import c_writer
import image
from runners import ROOT, path_for

# No chunk comes near this, under qemu or wine either.
_TIMEOUT_SECONDS = 600
# Enough to see what crashes; a stub that always does must not be started for every signature.
_MAX_CRASHES = 20
_KEPT_DETAILS = 20000

_CRASHED = 3  # the runner's exit code

_COMPILER_CRASHES = ("error in backend", "internal compiler error", "PLEASE submit a bug report")


@dataclasses.dataclass
class Built:
    """A chunk's compiled part: the table and the library or image that a runner gets."""

    chunk: object
    numbers: tuple
    table: str
    code: str


@dataclasses.dataclass
class Outcome:
    """What became of a chunk. failures: numbers. skipped: (number, reason). details: text."""

    checked: int = 0
    failures: list = dataclasses.field(default_factory=list)
    skipped: list = dataclasses.field(default_factory=list)
    details: str = ""

    def add(self, other):
        self.checked += other.checked
        self.failures += other.failures
        self.skipped += other.skipped
        self.details += other.details


def compile_chunk(chunk, folder):
    """([Built], Outcome of what did not compile). The folder is made; it holds all files."""
    folder.mkdir(parents=True, exist_ok=True)
    built, outcome = [], Outcome()
    _compile(chunk, chunk.signatures, folder, itertools.count(), built, outcome)
    return built, outcome


def _compile(chunk, signatures, folder, parts, built, outcome):
    base = folder / f"part{next(parts)}"
    source = base.with_suffix(".c")
    source.write_text(c_writer.write_chunk(chunk.target, signatures, chunk.compiler.image))
    code = base.with_suffix(".o" if chunk.compiler.image else ".so")
    command = [*chunk.compiler.command, f"-I{ROOT}", str(source), "-o", str(code)]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    if done.returncode == 0:
        built.append(_with_table(chunk, signatures, base, code, outcome))
    elif len(signatures) > 1:
        half = len(signatures) // 2
        for part in (signatures[:half], signatures[half:]):
            _compile(chunk, part, folder, parts, built, outcome)
    elif any(words in done.stderr for words in _COMPILER_CRASHES):
        outcome.skipped.append((signatures[0].number, f"{chunk.compiler.name} crashes"))
    else:
        outcome.failures.append(signatures[0].number)
        outcome.details += f"{signatures[0].text}\n{done.stderr[:_KEPT_DETAILS]}\n"


def _with_table(chunk, signatures, base, code, outcome):
    """Writes the table, and for an image its bytes."""
    table = base.with_suffix(".txt")
    places = {}
    if chunk.compiler.image:
        made = image.read_image(code)
        code = base.with_suffix(".bin")
        code.write_bytes(made.code)
        places = made.offsets
        lost = {int(name[1:]): why for name, why in made.dropped.items() if name[1:].isdigit()}
        outcome.skipped += lost.items()
        signatures = [one for one in signatures if one.number not in lost]
    with table.open("w") as file:
        for one in signatures:
            columns = [str(one.number), one.kind, one.text]
            if places:
                columns += [hex(places[f"{letter}{one.number}"]) for letter in "fc"]
            file.write("\t".join(columns) + "\n")
    return Built(chunk, tuple(one.number for one in signatures), str(table), str(code))


def run_chunk(built, runner, seed, max_crashes=_MAX_CRASHES, give_up=True):
    """The Outcome of a runner (a command) on what was compiled.

    give_up: signatures behind the last crash allowed count as failed; otherwise as not tried.
    """
    outcome = Outcome()
    left = built.numbers
    for _ in range(max_crashes):
        if not left:
            return outcome
        code, summary, errors = _run_once(built, runner, seed, left[0])
        if summary is None:
            return _give_up(outcome, left, f"the runner ended with {code}: {errors}")
        outcome.checked += summary["checked"]
        outcome.failures += summary["failures"]
        outcome.details += errors[:_KEPT_DETAILS]
        if code != _CRASHED:
            if summary["checked"] != len(left):
                what = f"the runner checked {summary['checked']} of {len(left)} signatures\n"
                return _give_up(outcome, left, what)
            return outcome
        left = tuple(number for number in left if number > summary["last"])
    if not give_up:
        return outcome
    return _give_up(outcome, left, f"stopped after {max_crashes} crashes\n")


def _give_up(outcome, left, why):
    """What was not reached counts as failed."""
    outcome.failures += left
    outcome.details += why[:_KEPT_DETAILS]
    return outcome


def _run_once(built, runner, seed, first):
    """(exit code, the summary or None, standard error) of one run of the runner."""
    compiler = built.chunk.compiler
    command = [
        *runner,
        "--convention", built.chunk.target.convention,
        "--table", path_for(compiler.runner, built.table),
        "--image" if compiler.image else "--library", path_for(compiler.runner, built.code),
        "--seed", str(seed),
        "--first", str(first),
    ]
    try:
        done = subprocess.run(
            command, timeout=_TIMEOUT_SECONDS, capture_output=True, text=True,
            errors="replace", check=False,
        )
    except subprocess.TimeoutExpired:
        return "a timeout", None, ""
    lines = done.stdout.strip().splitlines()
    try:
        return done.returncode, json.loads(lines[-1]), done.stderr
    except (IndexError, ValueError):
        return done.returncode, None, done.stderr

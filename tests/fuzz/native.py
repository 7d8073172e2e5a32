"""libFuzzer's targets: how they are built and run, and where their corpora are."""

import dataclasses
import functools
import os
import pathlib
import re
import shutil
import subprocess
import time

from outcome import Outcome

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
_FOUND_INPUTS = ROOT / "build" / "fuzz"
_CONFIG = "--config=fuzz"
_SHOWN_LINES = 60
# Types are kept for the life of a process, and so is code: a new one begins after this.
_PROCESS_SECONDS = 600


@dataclasses.dataclass(frozen=True)
class Target:
    """A program of a package; its corpus is a folder of its name in testdata/fuzz."""

    name: str
    package: str
    slice_runs: int  # beyond the corpus, in ./dev test
    options: tuple = ()

    @property
    def label(self):
        return f"//{self.package}:{self.name}_fuzz"

    @property
    def corpus(self):
        return ROOT / self.package / "testdata" / "fuzz" / self.name

    @property
    def inputs(self):
        """What runs found that adds coverage, outside of the tree."""
        return _FOUND_INPUTS / self.name

    @property
    def program(self):
        return _results() / self.package / f"{self.name}_fuzz"

    def run(self, options, scratch):
        # A slice leaves no inputs behind: it is the same every time.
        inputs = scratch / self.name if options.slice else self.inputs
        inputs.mkdir(parents=True, exist_ok=True)
        started = time.monotonic()
        total = Outcome(self.name, 0, 0, 0, "")
        seed = options.seed
        while not total.found:
            left = options.seconds - total.seconds
            limit = (f"-runs={self.slice_runs + len(list(self.corpus.iterdir()))}" if options.slice
                     else f"-max_total_time={int(min(left, _PROCESS_SECONDS))}")
            self._add(total, inputs, f"-seed={seed}", limit)
            total.seconds = time.monotonic() - started
            seed += 1
            if options.slice or total.seconds > options.seconds - 1:
                break
        return total

    def _add(self, total, inputs, *arguments):
        """Runs one process, and adds what it did."""
        code, log = self._execute(
            inputs, self.corpus, *arguments, f"-artifact_prefix={_FOUND_INPUTS}/{self.name}-",
            "-verbosity=0", "-print_funcs=0", "-print_final_stats=1", "-timeout=60")
        stats = dict(re.findall(r"^stat::(\w+):\s+(\d+)$", log, re.MULTILINE))
        total.executions += int(stats.get("number_of_executed_units", 0))
        total.kept += int(stats.get("new_units_added", 0))
        total.found = "" if code == 0 else self._report(code, log)

    def keep(self):
        """Makes the corpus a small one that reaches the code that it and the inputs found reach."""
        smaller = _FOUND_INPUTS / f"{self.name}.smaller"
        shutil.rmtree(smaller, ignore_errors=True)
        smaller.mkdir(parents=True)
        code, log = self._execute(smaller, self.corpus, self.inputs, "-merge=1", "-verbosity=0",
                                  "-use_counters=0")
        if code != 0:
            print(self._report(code, log))
            return
        shutil.rmtree(self.corpus)
        shutil.move(smaller, self.corpus)

    def _execute(self, *arguments):
        environment = os.environ | {"UBSAN_OPTIONS": "print_stacktrace=1",
                                    "ASAN_OPTIONS": "detect_odr_violation=0"}
        done = subprocess.run(
            [str(word) for word in (self.program, *self.options, *arguments)], cwd=ROOT,
            env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            errors="replace", check=False)
        return done.returncode, done.stdout

    def _report(self, code, log):
        lines = [line for line in log.splitlines() if not re.match(r"^(INFO|stat::|\"|###)", line)]
        inputs = re.findall(r"Test unit written to (\S+)", log)
        again = "".join(f"\nagain: {self.program} {name}" for name in inputs)
        return f"exit code {code}\n" + "\n".join(lines[:_SHOWN_LINES]) + again


@functools.cache
def _results():
    done = subprocess.run(["bazel", "info", _CONFIG, "bazel-bin"], cwd=ROOT, capture_output=True,
                          text=True, check=True)
    return pathlib.Path(done.stdout.strip().splitlines()[-1])


def build(targets):
    """Whether they could be built; the compiler's messages go where this program's do."""
    command = ["bazel", "build", _CONFIG, *(target.label for target in targets)]
    _FOUND_INPUTS.mkdir(parents=True, exist_ok=True)
    return subprocess.run(command, cwd=ROOT, check=False).returncode == 0


TARGETS = (
    Target("parse", "abi", 20000, ("-max_len=4096", f"-dict={ROOT}/abi/parse_fuzz.dict")),
    Target("place", "abi", 300, ("-max_len=2048",)),
    Target("move_plan", "ffi_jit", 5000, ("-max_len=256", "-only_ascii=1")),
    Target("stub", "tests/conformance", 200, ("-max_len=2048",)),
)

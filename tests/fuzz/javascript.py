"""The JavaScript fuzzer, once for each Node.js: how it is run, and how a fault is repeated."""

import dataclasses
import json
import pathlib
import subprocess
import time

from outcome import Outcome

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
_PROGRAM = ROOT / "tests" / "fuzz" / "main.mjs"
_FLAGS = ("--allow-natives-syntax", "--expose-gc")
_SHOWN_LINES = 40
# Fixed work for ./dev test: about ten seconds.
_SLICE_CALLS = 40000


@dataclasses.dataclass(frozen=True)
class Target:
    """The fuzzer in one release; `slice_calls` is what ./dev test asks for."""

    name: str
    node: str

    def run(self, options, scratch):
        # What the fuzzer is doing, for the report of a crash.
        progress = scratch / f"{self.name}.progress"
        progress.touch()
        node = ROOT / "third_party/node/node_modules" / self.node / "bin/node"
        command = [node, *_FLAGS, _PROGRAM, f"--seed={options.seed}", f"--progress={progress}"]
        if options.round is not None:
            command.append(f"--round={options.round}")
        elif options.slice or options.calls:
            command.append(f"--calls={_SLICE_CALLS if options.slice else options.calls}")
        else:
            command.append(f"--seconds={options.seconds}")
        started = time.monotonic()
        done = subprocess.run(
            [str(word) for word in command], cwd=ROOT, text=True, errors="replace",
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        tally = json.loads(progress.read_text() or "{}")
        found = "" if done.returncode == 0 else self._report(options, done, tally)
        return Outcome(self.name, tally.get("calls", 0), time.monotonic() - started, 0, found)

    def _report(self, options, done, tally):
        lines = (done.stdout + done.stderr).splitlines()[-_SHOWN_LINES:]
        again = (f"./dev fuzz --target {self.name} --seed {options.seed} "
                 f"--round {tally.get('round')}")
        return f"exit code {done.returncode}\n" + "\n".join(lines) + f"\nagain: {again}"


TARGETS = (Target("js26", "node26"), Target("js24", "node24"))

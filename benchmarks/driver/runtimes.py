"""The runtimes that the JavaScript rows are measured in, and how each is started.

A Runtime is a program with a worker's adapter; a Column is one kept alive in one phase (see
js/worker.mjs) and becomes a column of the tables.
"""

import dataclasses
import os
import pathlib

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
RESULTS = ROOT / "build/benchmarks"
JS = ROOT / "benchmarks/js"
_PEERS = ROOT / "benchmarks/peers/node_modules"

# The memory row collects garbage before it looks. node:ffi announces on standard error that it is
# experimental.
_NODE_FLAGS = ("--expose-gc", "--disable-warning=ExperimentalWarning")


def node(release):
    return (ROOT / f"third_party/node/node_modules/{release}/bin/node", *_NODE_FLAGS)


_DENO = (
    _PEERS / "deno/deno", "run", "--quiet", "--no-config", "--allow-all",
    "--v8-flags=--expose-gc",
)
_BUN = (_PEERS / "bun/bin/bun", "run")


@dataclasses.dataclass(frozen=True)
class Runtime:
    """A program and the adapter (js/adapters) of what is measured in it."""

    title: str
    command: tuple
    adapter: str

    def start(self, script, *arguments):
        """The command that runs a script of js/ in it."""
        return [str(word) for word in (*self.command, JS / script, *arguments)]


RUNTIMES = {
    "springboard26": Runtime("Springboard, Node 26", node("node26"), "springboard"),
    "springboard24": Runtime("Springboard, Node 24", node("node24"), "springboard"),
    "deno": Runtime("Deno", _DENO, "deno"),
    "bun": Runtime("Bun", _BUN, "bun"),
    "koffi": Runtime("koffi", node("node26"), "koffi"),
    "node_ffi": Runtime("node:ffi", node("node26"), "node_ffi"),
    "ffi_rs": Runtime("ffi-rs", node("node26"), "ffi_rs"),
}

PEERS = ("deno", "bun", "koffi", "node_ffi", "ffi_rs")

# Phases of Springboard, and their names in tables.
PHASES = {"none": "no callback", "callback": "callback exists", "leaf": "leaf"}


@dataclasses.dataclass(frozen=True)
class Column:
    """A runtime in a phase. Springboard's workers have the floors in the same process."""

    runtime: Runtime
    phase: str
    subjects: tuple

    @property
    def subject(self):
        return self.runtime.adapter


def _columns():
    columns = {}
    for name, runtime in RUNTIMES.items():
        if name in PEERS:
            # Theirs do not change when a callback exists.
            columns[name] = Column(runtime, "callback", (runtime.adapter,))
            continue
        for phase in PHASES:
            floors = ("floor", "legal") if phase == "callback" else ("floor",)
            columns[f"{name}_{phase}"] = Column(runtime, phase, (runtime.adapter, *floors))
    return columns


COLUMNS = _columns()


def environment():
    """Deno keeps what it compiles; here rather than in the user's folder. Springboard's own choice
    of tier is measured, whatever the shell says."""
    inherited = {key: value for key, value in os.environ.items() if key != "SPRINGBOARD_TIER"}
    return inherited | {"DENO_DIR": str(RESULTS / "deno"), "DENO_NO_UPDATE_CHECK": "1"}

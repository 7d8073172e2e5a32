"""The runners: built by Bazel for three systems, and how each is started here.

host runs as it is (sanitized: with AddressSanitizer, UndefinedBehaviorSanitizer and assertions),
arm64 under qemu, win64 under wine, whose state is kept below build/. The environment variable BAZEL
is the command to call Bazel by, `bazel` if it is not set.
"""

import functools
import os
import pathlib
import shlex
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
WORK = ROOT / "build" / "conformance" / str(os.getpid())

_CONFIGS = {
    "host": (),
    "sanitized": ("--config=asan",),
    "arm64": ("--config=arm64",),
    "win64": ("--config=win64",),
}
_STARTERS = {
    "host": (),
    "sanitized": (),
    "arm64": (str(ROOT / "third_party/toolchains/qemu.sh"),),
    "win64": (str(ROOT / "third_party/toolchains/wine.sh"),),
}


class BuildError(Exception):
    """Bazel did not build a runner; its own message is on standard error."""


def _bazel(*arguments, **options):
    bazel = shlex.split(os.environ.get("BAZEL", "bazel"))
    return subprocess.run([*bazel, *arguments], cwd=ROOT, check=False, text=True, **options)


def build(system, names=("runner",)):
    """Builds runners (the runner proper, or mutants') for a system: name to the command for it."""
    config = _CONFIGS[system]
    labels = [f"//tests/conformance:{name}" for name in names]
    if _bazel("build", *config, "--", *labels, stdout=2).returncode != 0:
        raise BuildError(f"bazel did not build {labels[0]} for {system}")
    return {name: (*_STARTERS[system], _binary(system, name)) for name in names}


@functools.cache
def _results(system):
    info = _bazel("info", *_CONFIGS[system], "bazel-bin", stdout=subprocess.PIPE,
                  stderr=subprocess.DEVNULL)
    if info.returncode != 0:
        raise BuildError("bazel info bazel-bin failed")
    return pathlib.Path(info.stdout.strip().splitlines()[-1])


def _binary(system, name):
    plain = _results(system) / "tests" / "conformance" / name
    named = plain.with_name(f"{name}.exe")
    return str(named if system == "win64" and named.exists() else plain)


def path_for(system, path):
    """A path as programs of the system understand it."""
    return f"Z:{path}" if system == "win64" else str(path)

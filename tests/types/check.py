"""Type tests: programs that must compile, and lines that must not, under several sets of options.

Usage: tests/types/check.py     after ./dev build; ends with `N passed, N failed`

Every NAME.json here but base.json is a set of options with its programs. A program under a set is
one test. The line after `// @ts-expect-error CODE` must have exactly that error, which a second
run without these comments shows: each such line is a test too. A program that runs is another one:
it says that values are what types promise. Everything resolves as for a user:
build/types/node_modules has the built package.
"""

import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SOURCES = ROOT / "tests/types"
NODE_MODULES = ROOT / "third_party/node/node_modules"
WORK = ROOT / "build/types"

OPTION_SETS = sorted(file.stem for file in SOURCES.glob("*.json") if file.stem != "base")

# The programs that must not compile, and a set of options for each.
REFUSED = (("nodenext", "refused.mts"), ("deno", "deno_refused.mts"))

# The programs that are run, too.
RUN = ("c_text_runs.mts",)

NODE = NODE_MODULES / "node26/bin/node"

_ERROR = re.compile(r"^(\S+)\((\d+),\d+\): error TS(\d+): ")
_EXPECTED = re.compile(r"^// @ts-expect-error (\d+)$")


def lay_out():
    """A user's folder: the package and Node's types installed, the programs beside them."""
    shutil.rmtree(WORK, ignore_errors=True)
    packages = WORK / "node_modules"
    packages.mkdir(parents=True)
    (packages / "springboard-ffi").symlink_to(ROOT / "build/springboard-ffi")
    (packages / "@types").symlink_to(NODE_MODULES / "@types")
    (WORK / "examples").symlink_to(ROOT / "examples")
    shutil.copytree(SOURCES, WORK / "with", ignore=shutil.ignore_patterns("*.py"))
    shutil.copytree(WORK / "with", WORK / "without")
    for program in (WORK / "without").glob("*refused.mts"):
        program.write_text(program.read_text().replace("@ts-expect-error", "expected:"))


def compile_set(folder, name):
    """(the programs of a set, its errors as (file, line, code)); None if the compiler failed."""
    command = [
        NODE,
        NODE_MODULES / "typescript/bin/tsc",
        *("--pretty", "false", "--listFiles", "--project", folder / f"{name}.json"),
    ]
    done = subprocess.run(command, cwd=WORK, capture_output=True, text=True, check=False)
    lines = done.stdout.splitlines()
    errors = [(WORK / m[1], int(m[2]), int(m[3])) for m in map(_ERROR.match, lines) if m]
    own = (folder, WORK / "examples", ROOT / "examples")
    files = {pathlib.Path(line) for line in lines if line.startswith("/")}
    programs = sorted(file for file in files if any(file.is_relative_to(at) for at in own))
    if not programs or (done.returncode != 0 and not errors):
        print(done.stdout + done.stderr)
        return None
    return programs, errors, [line for line in lines if not line.startswith("/")]


def check_set(name):
    """(passed, failed): every program of a set, and an error anywhere else as one more."""
    compiled = compile_set(WORK / "with", name)
    if compiled is None:
        print(f"{name}: could not be compiled")
        return 0, 1
    programs, errors, output = compiled
    broken = {file for file, _, _ in errors}
    print(f"{name}: {len(programs)} programs, {len(broken)} with errors", *output, sep="\n  ")
    return len(set(programs) - broken), len(broken)


def expected_errors(program):
    """The (line, code) that the comments of a program speak of."""
    lines = enumerate(program.read_text().splitlines(), 1)
    return {(number + 1, int(m[1])) for number, line in lines if (m := _EXPECTED.match(line))}


def check_refused(name, program):
    """(passed, failed): every line of a program that must not compile, and every other error."""
    expected = expected_errors(SOURCES / program)
    compiled = compile_set(WORK / "without", name)
    found = {(line, code) for file, line, code in compiled[1] if file.name == program} \
        if compiled else set()
    for line, code in sorted(expected - found):
        print(f"tests/types/{program}:{line}: no error TS{code}")
    for line, code in sorted(found - expected):
        print(f"tests/types/{program}:{line}: error TS{code}, which is not expected")
    wrong = len(expected ^ found)
    print(f"{program}: {len(expected & found)} lines are refused")
    return (len(expected & found), wrong) if expected else (0, 1)


def check_run(program):
    """(passed, failed): whether a program ends well."""
    done = subprocess.run([NODE, WORK / "with" / program], check=False)
    print(f"{program}: ran, exit code {done.returncode}")
    return (0, 1) if done.returncode else (1, 0)


def main():
    lay_out()
    results = [check_set(name) for name in OPTION_SETS]
    results += [check_refused(name, program) for name, program in REFUSED]
    results += [check_run(program) for program in RUN]
    passed, failed = map(sum, zip(*results))
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

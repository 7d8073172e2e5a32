"""./dev test: runs every suite, prints each part's counts and time, and one sum at the end.

A part is a row of PARTS: a name and a function that returns a Tally. A part that cannot run, or
that crashes, counts as a failure; skipped tests are printed with their reason. Called by ./dev
once set-up is done. Exit code 1 if anything failed, 2 for an unknown part.
"""

import sys
import time

import sanitizers
from suites import (NODE_ARM64, NODES, ROOT, TIERS, Tally, report, run, suites, test_cpp,
                    test_javascript_suite, test_script)

# Those of programs that are built for this system alone, and without sanitizers: shared libraries
# that a V8 is found for when they are loaded.
EXAMPLE_TARGETS = ("//examples/...",)

# Those that run on other systems than this one.
CROSS_CPP_TARGETS = ("//abi/...", "//ffi_jit/...")

# Not run on arm64 each time, and why. `--arm64` runs them.
ARM64_LEFT_OUT = {
    "command.test.mjs": "starts a hundred processes, each of which takes seconds under qemu",
    "permission.test.mjs": "starts fifty processes, each of which takes seconds under qemu",
    "node_permission.test.mjs": "starts a dozen processes, each of which takes seconds under qemu",
    "deno_global.test.mjs": "starts twenty processes, each of which takes seconds under qemu",
    "cxx_ends.test.mjs": "starts two dozen processes, each of which takes seconds under qemu",
    "foreign_ends.test.mjs": "starts dozens of processes",
    "nonblocking_ends.test.mjs": "starts dozens of processes",
    "invalidation.test.mjs": "starts eighty workers that compile for seconds",
    "two_copies.test.mjs": "starts workers, each of which takes half a second",
    "moving.test.mjs": "collects thousands of times, and starts processes",
    "worker_storm.test.mjs": "starts a hundred workers, each of which takes half a second",
    "open_by_name.test.mjs": "starts a dozen processes, each of which takes seconds under qemu",
    "parse_malformed.test.mjs": "parses texts by the thousand, as it does on every processor",
    "library_files.test.mjs": "starts a dozen processes, each of which takes seconds under qemu",
    "crash_report.test.mjs": "starts forty processes that end by signals, which qemu takes part in",
    "trace.test.mjs": "starts twenty processes, each of which takes seconds under qemu",
    "types.test.mjs": "takes as long under qemu as all other suites together",
    "scale.test.mjs": "opens 100,000 libraries, which takes minutes under qemu",
}


def test_build():
    """The build is no test: it counts only when it fails."""
    return Tally().expect_success(run([ROOT / "dev", "build"])[0] == 0)


def test_native():
    """The C++ suites."""
    return test_cpp(patterns=sanitizers.CPP_TARGETS + EXAMPLE_TARGETS)


def test_javascript():
    """The suites in every tier; those that choose no tier, of the package and of bindgen, once."""
    tally = Tally()
    for node in NODES.items():
        for tier in TIERS:
            tally.add(test_javascript_suite(suites("js", "issues"), "js+issues", node, tier))
        tally.add(test_javascript_suite(
            suites("package", "bindgen"), "package+bindgen", node, "fast"))
    return tally


def test_javascript_arm64(files, tiers):
    """JavaScript suites on Linux arm64, which ./dev build leaves out."""
    if run([ROOT / "dev", "build", "--arm64"])[0] != 0:
        return Tally(failed=1)
    tally = Tally()
    for tier in tiers:
        tally.add(test_javascript_suite(files, "js", NODE_ARM64, tier))
    return tally


def test_arm64():
    """Linux arm64 under qemu: the C++ suites, and most JavaScript suites in the fast tier."""
    tally = test_cpp("--config=arm64", patterns=CROSS_CPP_TARGETS)
    files = [file for file in suites("js", "issues") if file.name not in ARM64_LEFT_OUT]
    tally.skipped += [f"{name} on arm64: {why}" for name, why in ARM64_LEFT_OUT.items()]
    return tally.add(test_javascript_arm64(files, TIERS[:1]))


def test_arm64_whole():
    """All JavaScript suites on Linux arm64 in every tier."""
    return test_javascript_arm64(suites("js", "issues"), TIERS)


def test_win64():
    """The C++ suites as Windows programs, under wine."""
    return test_cpp("--config=win64", patterns=CROSS_CPP_TARGETS)


def test_soak():
    """A few seconds of ./dev soak on each Node: a test each, of whether anything fails or stays."""
    tally = Tally()
    for node in ("24", "26"):
        code, _ = run([ROOT / "dev", "soak", "--minutes=0.1", "--node", node], quiet=True)
        tally.add(Tally(passed=1) if code == 0 else Tally(failed=1))
    return tally


def test_differential(*options):
    """Calls come to the same in every tier of V8: a sample, or all with --full."""
    tally = Tally()
    for node in NODES.values():
        tally.add(test_script(node, ROOT / "tests/differential/differential.mjs", *options))
    return tally


def test_benchmarks():
    """Every row in every runtime, briefly: one test, of whether Springboard has them all."""
    code, _ = run([ROOT / "benchmarks/run.sh", "--smoke"], quiet=True)
    return Tally(passed=1) if code == 0 else Tally(failed=1)


PARTS = {
    "build": test_build,
    "cpp": test_native,
    "sanitizers": sanitizers.test_sanitizers,
    "threads": sanitizers.test_threads,
    "valgrind": sanitizers.test_valgrind,
    "javascript": test_javascript,
    "soak": test_soak,
    "differential": test_differential,
    "arm64": test_arm64,
    "win64": test_win64,
    "types": lambda: test_script(sys.executable, ROOT / "tests/types/check.py"),
    "conformance": lambda: test_script(ROOT / "dev", "conformance", "--slice"),
    "fuzz": lambda: test_script("/usr/bin/python3", ROOT / "tests/fuzz/fuzz.py", "--slice"),
    "examples": lambda: test_script(ROOT / "examples/run.sh"),
    "benchmarks": test_benchmarks,
    "tidy": lambda: test_script(sys.executable, ROOT / "tests/tidy/tidy.py"),
}


# Parts that run only when they are asked for.
EXTRA_PARTS = {
    "--arm64": test_arm64_whole,
    "--valgrind": sanitizers.test_valgrind_whole,
    "--differential": lambda: test_differential("--full"),
}


def main(names):
    parts = PARTS | EXTRA_PARTS
    unknown = [name for name in names if name not in parts]
    if unknown:
        print(f"there is no part {unknown[0]}; the parts are {', '.join(parts)}", file=sys.stderr)
        return 2
    sys.stdout.reconfigure(line_buffering=True)
    total = Tally()
    for name in parts if names else PARTS:
        if names and name not in ("build", *names):
            continue
        print(f"== {name}")
        started = time.monotonic()
        tally = parts[name]()
        report(name, tally, time.monotonic() - started)
        total.add(tally)
    print(f"{total.passed} passed, {total.failed} failed")
    return 1 if total.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""./dev test: runs every suite, prints each part's counts and time, and one sum at the end.

A part is a row of PARTS: a name and a function that returns a Tally. A part that cannot run, or
that crashes, counts as a failure; skipped tests are printed with their reason. Called by ./dev
once set-up is done. Exit code 1 if anything failed, 2 for an unknown part.
"""

import dataclasses
import os
import pathlib
import re
import subprocess
import sys
import time
import xml.etree.ElementTree

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"

# No suite comes near this; a hung one must still end.
TIMEOUT_SECONDS = 1200

# How the release of each name is started.
NODES = {
    "node26": ROOT / "third_party/node/node_modules/node26/bin/node",
    "node24": ROOT / "third_party/node/node_modules/node24/bin/node",
}
NODE_ARM64 = ("node26-arm64", ROOT / "dev.d/node-arm64.sh")

# The ways a symbol can be called: as chosen by default, through the ordinary function only, and
# with V8's public API only, as if its layouts were unknown.
TIERS = ("fast", "ordinary", "public-api")

# What the suites need to decide when code is optimised and garbage is collected.
V8_FLAGS = ("--allow-natives-syntax", "--expose-gc")

CPP_TARGETS = ("//abi/...", "//ffi_jit/...", "//tests/...", "//v8_glue/node:thread_pool_test")

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
    "foreign_ends.test.mjs": "starts dozens of processes",
    "nonblocking_ends.test.mjs": "starts dozens of processes",
    "worker_storm.test.mjs": "starts a hundred workers, each of which takes half a second",
    "types.test.mjs": "takes as long under qemu as all other suites together",
    "scale.test.mjs": "opens 100,000 libraries, which takes minutes under qemu",
}


@dataclasses.dataclass
class Tally:
    """How many tests passed and failed, and the reasons of those that were skipped."""

    passed: int = 0
    failed: int = 0
    skipped: list = dataclasses.field(default_factory=list)

    def add(self, other):
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped
        return self

    def expect_success(self, succeeded):
        """A suite that ends badly without a failed test (a crash, say) is itself a failure."""
        if not succeeded and self.failed == 0:
            self.failed = 1
        return self


def run(command, env=None, quiet=False):
    """Runs a command in the root. Quiet: its output is printed only if it fails.

    Returns (exit code, standard output), the latter empty if it was not captured.
    """
    output = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT} if quiet else {}
    try:
        done = subprocess.run(
            [str(word) for word in command],
            cwd=ROOT,
            env=env,
            timeout=TIMEOUT_SECONDS,
            text=True,
            errors="replace",
            check=False,
            **output,
        )
    except subprocess.TimeoutExpired as stopped:
        print(stopped.stdout or "")
        print(f"{command[0]} was stopped after {TIMEOUT_SECONDS} seconds")
        return 1, ""
    except OSError as error:
        print(f"{command[0]} cannot be run: {error}")
        return 1, ""
    if quiet and done.returncode != 0:
        print(done.stdout)
    return done.returncode, done.stdout or ""


def test_build():
    """The build is no test: it counts only when it fails."""
    return Tally().expect_success(run([ROOT / "dev", "build"])[0] == 0)


def read_junit(path):
    """The tally of a JUnit file of GoogleTest's, Bazel's or Node's making."""
    tally = Tally()
    for case in xml.etree.ElementTree.parse(path).iter("testcase"):
        skipped = case.find("skipped")
        if case.find("failure") is not None or case.find("error") is not None:
            tally.failed += 1
        elif skipped is not None:
            reason = skipped.get("message") or skipped.text or "no reason given"
            tally.skipped.append(f"{case.get('classname', '')} {case.get('name')}: {reason}")
        else:
            tally.passed += 1
    return tally


def test_cpp(*options, patterns=CPP_TARGETS + EXAMPLE_TARGETS):
    """The GoogleTest suites, through Bazel; options choose the build."""
    code, targets = run(["bazel", "query", f"tests({' + '.join(patterns)})"], quiet=True)
    labels = re.findall(r"^//(\S*):(\S+)$", targets, re.MULTILINE)
    if code != 0 or not labels:
        print("no C++ test targets found")
        return Tally(failed=1)
    command = ["bazel", "test", "--test_summary=short", *options, "--", *patterns]
    code, output = run(command, quiet=True)
    if code not in (0, 3):  # 3: built, and some tests failed. The rest: no results to read.
        return Tally(failed=1)
    _, logs = run(["bazel", "info", *options, "bazel-testlogs"], quiet=True)
    logs = logs.strip().splitlines()[-1]
    tally = Tally()
    for package, name in labels:
        if re.search(rf"^//{package}:{name}\s+SKIPPED", output, re.MULTILINE):
            tally.skipped.append(f"//{package}:{name}: not for this system, see its BUILD file")
            continue
        results = pathlib.Path(logs, package, name, "test.xml")
        tally.add(read_junit(results) if results.exists() else Tally(failed=1))
    return tally.expect_success(code == 0)


def test_sanitizers():
    """The same with AddressSanitizer, UndefinedBehaviorSanitizer and assertions, and as much of the
    conformance suite as runs in process."""
    tally = test_cpp("--config=asan", patterns=CPP_TARGETS)
    return tally.add(test_script(ROOT / "dev", "conformance", "--sanitize", "--count=300",
                                 "--abi=sysv_x64,win64,msvc_x64"))


def javascript_environment(tier):
    env = {name: value for name, value in os.environ.items() if name != "SPRINGBOARD_TIER"}
    if tier != "fast":
        env["SPRINGBOARD_TIER"] = tier
    return env


def test_javascript_suite(files, folder, node, tier):
    """Files of JavaScript tests, called `folder`, in one Node (a row of NODES) and one tier."""
    started = time.monotonic()
    node_name, node_command = node
    name = f"{folder} {node_name} {tier}"
    results = BUILD / "test-results" / f"{name.replace(' ', '-')}.xml"
    results.parent.mkdir(parents=True, exist_ok=True)
    results.unlink(missing_ok=True)
    command = [
        node_command,
        *V8_FLAGS,
        "--test",
        f"--test-concurrency={os.cpu_count()}",
        "--test-reporter=spec",
        "--test-reporter-destination=stdout",
        "--test-reporter=junit",
        f"--test-reporter-destination={results}",
        *files,
    ]
    code, _ = run(command, env=javascript_environment(tier), quiet=True)
    try:
        tally = read_junit(results)
    except (OSError, xml.etree.ElementTree.ParseError) as error:
        print(f"no results: {error}")
        tally = Tally(failed=1)
    tally.expect_success(code == 0 and tally.passed > 0)
    report(f"  {name}", tally, time.monotonic() - started)
    return tally


def suites(*folders):
    """The suites in some folders of tests/, each in files of its own."""
    return sorted(file for folder in folders for file in ROOT.glob(f"tests/{folder}/*.test.*js"))


def test_javascript():
    """The suites in every tier; the package as its user gets it, which chooses no tier, once."""
    tally = Tally()
    for node in NODES.items():
        for tier in TIERS:
            tally.add(test_javascript_suite(suites("js", "issues"), "js+issues", node, tier))
        tally.add(test_javascript_suite(suites("package"), "package", node, "fast"))
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


def test_script(*command):
    """A program that prints `skipped: reason`, `cases: ...`, and last `N passed, N failed`."""
    code, output = run(command, quiet=True)
    for cases in re.findall(r"^cases: .*$", output, re.MULTILINE):
        print(f"  {cases}")
    sums = re.findall(r"^(\d+) passed, (\d+) failed$", output, re.MULTILINE)
    if not sums:
        print(f"{command[0]} did not print how many passed")
        return Tally(failed=1)
    skipped = re.findall(r"^skipped: (.*)$", output, re.MULTILINE)
    return Tally(int(sums[-1][0]), int(sums[-1][1]), skipped).expect_success(code == 0)


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
    "cpp": test_cpp,
    "sanitizers": test_sanitizers,
    "javascript": test_javascript,
    "differential": test_differential,
    "arm64": test_arm64,
    "win64": test_win64,
    "types": lambda: test_script(sys.executable, ROOT / "tests/types/check.py"),
    "conformance": lambda: test_script(ROOT / "dev", "conformance", "--slice"),
    "examples": lambda: test_script(ROOT / "examples/run.sh"),
    "benchmarks": test_benchmarks,
    "tidy": lambda: test_script(sys.executable, ROOT / "tests/tidy/tidy.py"),
}


# Parts that run only when they are asked for.
EXTRA_PARTS = {
    "--arm64": test_arm64_whole,
    "--differential": lambda: test_differential("--full"),
}


def report(name, tally, seconds):
    for reason in tally.skipped:
        print(f"  skipped: {reason}")
    skipped = f", {len(tally.skipped)} skipped" if tally.skipped else ""
    print(f"{name}: {tally.passed} passed, {tally.failed} failed{skipped} ({seconds:.1f} s)")


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

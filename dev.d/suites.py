"""How suites are run and counted: GoogleTests through Bazel, Node's test runner, and programs.

Each function runs some tests and returns their Tally; what the parts of ./dev test are is said in
run_tests.py. A suite that crashes, or that leaves no results, counts as a failure.
"""

import dataclasses
import os
import pathlib
import re
import subprocess
import time
import xml.etree.ElementTree

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"

# No suite comes near this; a hung one must still end.
TIMEOUT_SECONDS = 1200

# Nor does a file of JavaScript tests come near this; the others of its suite go on.
TEST_TIMEOUT_SECONDS = 300

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


def test_cpp(*options, patterns):
    """The GoogleTest suites of Bazel's target patterns; options choose the build."""
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

def javascript_environment(tier, environment):
    env = {name: value for name, value in environment.items() if name != "SPRINGBOARD_TIER"}
    if tier != "fast":
        env["SPRINGBOARD_TIER"] = tier
    return env


def test_javascript_suite(files, folder, node, tier, environment=os.environ):
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
        f"--test-timeout={TEST_TIMEOUT_SECONDS * 1000}",
        "--test-reporter=spec",
        "--test-reporter-destination=stdout",
        "--test-reporter=junit",
        f"--test-reporter-destination={results}",
        *files,
    ]
    code, _ = run(command, env=javascript_environment(tier, environment), quiet=True)
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

def report(name, tally, seconds):
    for reason in tally.skipped:
        print(f"  skipped: {reason}")
    skipped = f", {len(tally.skipped)} skipped" if tally.skipped else ""
    print(f"{name}: {tally.passed} passed, {tally.failed} failed{skipped} ({seconds:.1f} s)")

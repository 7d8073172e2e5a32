"""./dev fuzz: libFuzzer's targets and the JavaScript fuzzer share the time given to them.

Prints a line per target when it ends, what was found with the command that repeats it, a table, and
last `N passed, N failed`. Exit code 1 if anything was found. docs/fuzzing.md explains the targets.
"""

import argparse
import concurrent.futures
import os
import pathlib
import sys
import tempfile

import tabulate

import javascript
import native

_ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
_TARGETS = {target.name: target for target in native.TARGETS + javascript.TARGETS}


def parse(arguments):
    parser = argparse.ArgumentParser(prog="./dev fuzz", description=__doc__.split("\n")[0])
    parser.add_argument("--minutes", type=float, default=10, help="for everything (default 10)")
    parser.add_argument("--target", action="append", choices=list(_TARGETS), metavar="NAME",
                        help=f"only this one; may be repeated ({', '.join(_TARGETS)})")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--round", type=int, help="just this round of a JavaScript target")
    parser.add_argument("--calls", type=int,
                        help="JavaScript targets end after so many calls instead of their time")
    parser.add_argument("--keep", action="store_true",
                        help="merge inputs that add coverage into the tree's corpora")
    parser.add_argument("--slice", action="store_true",
                        help="what ./dev test runs: the kept corpora, and a fixed number of inputs")
    options = parser.parse_args(arguments)
    options.targets = [_TARGETS[name] for name in options.target or _TARGETS]
    if options.round is not None and not all(
            target in javascript.TARGETS for target in options.targets):
        parser.error("--round is for JavaScript targets: name one with --target")
    return options


def run_all(options, scratch):
    """Yields an Outcome per target, as they end: as many at a time as there are processors."""
    workers = min(os.cpu_count(), len(options.targets))
    options.seconds = max(1, int(options.minutes * 60 * workers / len(options.targets)))
    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        runs = [pool.submit(target.run, options, scratch) for target in options.targets]
        for run in concurrent.futures.as_completed(runs):
            yield run.result()


def main(arguments):
    options = parse(arguments)
    natives = [target for target in options.targets if target in native.TARGETS]
    if natives and not native.build(natives):
        print("0 passed, 1 failed")
        return 1
    outcomes = []
    with tempfile.TemporaryDirectory() as scratch:
        for outcome in run_all(options, pathlib.Path(scratch)):
            outcomes.append(outcome)
            print(f"{outcome.name}: {outcome.executions:,} executions", file=sys.stderr)
            if outcome.found:
                print(f"== {outcome.name}, seed {options.seed}\n{outcome.found}")
    if options.keep:
        for target in natives:
            target.keep()
    rows = [(one.name, options.seed, f"{one.executions:,}", f"{one.seconds:.0f}", one.kept,
             "yes" if one.found else "none") for one in outcomes]
    print(tabulate.tabulate(
        rows, headers=["target", "seed", "executions", "seconds", "new inputs", "found"],
        colalign=("left", "right", "right", "right", "right", "left")))
    failed = sum(bool(one.found) for one in outcomes)
    print(f"{len(outcomes) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

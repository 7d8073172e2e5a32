"""./dev conformance: compilers' code against our stubs, over signatures made from a seed.

Prints a progress line (on a terminal), a table per convention and compiler, the details of what
failed with the command that repeats it, and last `N passed, N failed`. Exit code 1 if anything
failed. docs/conformance.md explains what is proven and how.
"""

import argparse
import collections
import concurrent.futures
import os
import shutil
import sys

import tabulate
import tqdm

import chunks
import mutants
import plan
import runners
import selftest
from targets import TARGETS

DEFAULT_COUNT = 2000
_SHOWN_FAILURES = 10
_SHOWN_DETAILS = 30000

# Each signature is called by a call stub, calls a closure stub, and calls from stub to stub, with
# so many sets of values (the runner's --rounds).
_CALLS_PER_SIGNATURE = 3 * 2


def parse(arguments):
    parser = argparse.ArgumentParser(prog="./dev conformance", description=__doc__.split("\n")[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, help="random signatures per convention "
                        f"(default {DEFAULT_COUNT}, {plan.SLICE_COUNT} in the slice)")
    parser.add_argument("--abi", default=",".join(TARGETS),
                        help=f"conventions, separated by commas (all: {','.join(TARGETS)})")
    parser.add_argument("--permutations", action="store_true",
                        help="also the 24,194 permutations of small signatures")
    parser.add_argument("--every-compiler", action="store_true",
                        help="each signature with every compiler, instead of one each in turn")
    parser.add_argument("--only", help="just these signatures, by number, separated by commas")
    parser.add_argument("--compiler", default="", help="only compilers whose name contains this")
    parser.add_argument("--sanitize", action="store_true",
                        help="with sanitizers and assertions in what runs in process")
    parser.add_argument("--slice", action="store_true",
                        help="the fixed part of everything that ./dev test runs, mutants included")
    parser.add_argument("--mutants", action="store_true",
                        help="break rules on purpose, and see every break caught")
    options = parser.parse_args(arguments)
    options.abis = [name.strip() for name in options.abi.split(",")]
    for name in options.abis:
        if name not in TARGETS:
            parser.error(f"there is no convention {name}; there are {', '.join(TARGETS)}")
    if options.count is None:
        options.count = plan.SLICE_COUNT if options.slice else DEFAULT_COUNT
    return options


def request_of(options):
    only = frozenset(int(number) for number in options.only.split(",")) if options.only else ()
    return plan.Request(
        options.seed, options.count, options.permutations,
        options.every_compiler or bool(only), options.slice, frozenset(only), options.compiler,
    )


class Row:
    """What one compiler's code showed about one convention."""

    def __init__(self):
        self.outcome = chunks.Outcome()
        self.reasons = collections.Counter()


def check_chunk(chunk, folder, command, seed):
    """Compiles and runs one chunk, and removes its files if all is well."""
    built, outcome = chunks.compile_chunk(chunk, folder)
    for part in built:
        outcome.add(chunks.run_chunk(part, command, seed))
    if not outcome.failures:
        shutil.rmtree(folder)
    return outcome


def check_all(jobs, commands, seed):
    """Runs all chunks, as many at a time as there are processors; yields (chunk, Outcome)."""
    total = sum(len(chunk.signatures) for chunk in jobs)
    with (
        concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool,
        tqdm.tqdm(total=total, unit="sig", disable=None) as bar,
    ):
        pending = {
            pool.submit(check_chunk, chunk, runners.WORK / chunk.target.name / str(index),
                        commands[chunk.compiler.runner], seed): chunk
            for index, chunk in enumerate(jobs)
        }
        for done in concurrent.futures.as_completed(pending):
            bar.update(len(pending[done].signatures))
            yield pending[done], done.result()


def summarize(rows):
    lines = []
    for (abi, compiler), row in rows.items():
        skipped = sum(row.reasons.values())
        checked, failures = row.outcome.checked, len(row.outcome.failures)
        counts = (checked, checked * _CALLS_PER_SIGNATURE, failures, skipped)
        lines.append((abi, compiler, *(f"{count:,}" for count in counts)))
    headers = ("convention", "compiler", "signatures", "calls", "failures", "skipped")
    print(tabulate.tabulate(lines, headers=headers, disable_numparse=True,
                            colalign=("left",) * 2 + ("right",) * 4))
    for (abi, compiler), row in rows.items():
        for reason, count in sorted(row.reasons.items()):
            print(f"skipped: {abi} {compiler}: {count} times: {reason}")


def report_failures(rows, seed):
    for (abi, compiler), row in rows.items():
        if not row.outcome.failures:
            continue
        print(f"\n== {abi} {compiler}: {len(row.outcome.failures)} failures. The first of them:")
        print(row.outcome.details[:_SHOWN_DETAILS])
        for number in sorted(set(row.outcome.failures))[:_SHOWN_FAILURES]:
            print(f"repeat: ./dev conformance --seed {seed} --abi {abi} --compiler '{compiler}' "
                  f"--only {number}")


def run_signatures(request, abis, sanitize):
    """(signatures that passed, that failed) over the conventions."""
    jobs, rows = [], collections.defaultdict(Row)
    for abi in abis:
        made, skipped = plan.make_chunks(TARGETS[abi], request)
        jobs += made
        for chunk in made:
            rows[abi, chunk.compiler.name].outcome.checked += 0
        for (compiler, reason), count in skipped.items():
            rows[abi, compiler].reasons[reason] += count
    commands = {}
    for system in dict.fromkeys(chunk.compiler.runner for chunk in jobs):
        built_for = "sanitized" if sanitize and system == "host" else system
        commands[system] = runners.build(built_for)["runner"]
    for chunk, outcome in check_all(jobs, commands, request.seed):
        row = rows[chunk.target.name, chunk.compiler.name]
        row.outcome.add(outcome)
        row.reasons.update(reason for _, reason in outcome.skipped)
    summarize(rows)
    report_failures(rows, request.seed)
    failed = sum(len(row.outcome.failures) for row in rows.values())
    for (abi, compiler), row in rows.items():
        if not row.outcome.checked and not row.outcome.failures and not row.reasons:
            print(f"{abi} {compiler}: nothing was checked, and nothing says why")
            failed += 1
    return sum(row.outcome.checked for row in rows.values()) - failed, failed


def main(arguments):
    options = parse(arguments)
    passed = failed = 0
    try:
        if not options.mutants:
            passed, failed = run_signatures(request_of(options), options.abis,
                                            options.sanitize)
        if options.mutants or options.slice:
            caught, survived = mutants.run(options.seed, options.abis)
            passed, failed = passed + caught, failed + survived
        if options.slice:
            sound, unsound = selftest.run()
            passed, failed = passed + sound, failed + unsound
    except runners.BuildError as error:
        print(error, file=sys.stderr)
        failed += 1
    if not failed:
        shutil.rmtree(runners.WORK, ignore_errors=True)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

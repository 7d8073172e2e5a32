"""Breaks rules on purpose, one at a time, and counts how many signatures notice.

Each row of mutants.bzl is a mistake in one source file, built into a runner of its own. All runners
get the same signatures; a mutant survives if the runner without it does as well. A survivor on any
of the conventions that its row names is a failure.
"""

import concurrent.futures
import dataclasses
import os

import tabulate
import tqdm

import chunks
import plan
import runners
from mutate import TABLE, read_mutants
from targets import TARGETS

# Signatures per convention: the slice's small ones, widening callees, and so many random ones.
RANDOM_COUNT = 500

# A mutant that crashed so often on a chunk is caught; the rest of the chunk is not tried.
_MAX_CRASHES = 4

# Optimised code looks closest; -O0 would only repeat it.
_COMPILERS = "2"


@dataclasses.dataclass
class Result:
    """A mutant on a convention: signatures that failed because of it, of how many."""

    mutant: dict
    abi: str
    caught: int
    total: int


def _system(abi):
    return TARGETS[abi].compilers[0].runner


def _compile(seed, abi):
    """What all mutants of a convention are tried on: [Built]."""
    compiler = "" if len(TARGETS[abi].compilers) == 1 else _COMPILERS
    request = plan.Request(seed, RANDOM_COUNT, slice=True, compiler=compiler)
    made, _ = plan.make_chunks(TARGETS[abi], request)
    folder = runners.WORK / "mutants" / abi
    return [
        part
        for index, chunk in enumerate(made)
        for part in chunks.compile_chunk(chunk, folder / str(index))[0]
    ]


def _failures(parts, command, seed):
    """The (compiler, number) that failed, and how many were tried, up to a crash too many."""
    failed, tried = set(), 0
    for part in parts:
        outcome = chunks.run_chunk(part, command, seed, _MAX_CRASHES, give_up=False)
        tried += outcome.checked
        failed.update((part.chunk.compiler.name, number) for number in outcome.failures)
    return failed, tried


def _build(abis, table):
    """The commands of the runners: (system, name) to command."""
    commands = {}
    for system in dict.fromkeys(_system(abi) for abi in abis):
        names = ["runner"]
        for row in table:
            if any(_system(abi) == system for abi in row["abis"] if abi in abis):
                names.append(f"mutant_{row['name']}")
        for name, command in runners.build(system, names).items():
            commands[system, name] = command
    return commands


def _results(seed, abis, table):
    commands = _build(abis, table)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        parts = dict(zip(abis, pool.map(lambda abi: _compile(seed, abi), abis)))
        healthy = dict(zip(abis, pool.map(
            lambda abi: _failures(parts[abi], commands[_system(abi), "runner"], seed)[0], abis)))

        def try_one(case):
            mutant, abi = case
            command = commands[_system(abi), f"mutant_{mutant['name']}"]
            failed, tried = _failures(parts[abi], command, seed)
            return Result(mutant, abi, len(failed - healthy[abi]), tried)

        cases = [(row, abi) for row in table for abi in row["abis"] if abi in abis]
        return list(tqdm.tqdm(pool.map(try_one, cases), total=len(cases), unit="mutant",
                              disable=None))


def run(seed, abis):
    """Prints the table; returns (mutants caught, mutants that survived), per convention."""
    table = read_mutants(TABLE)
    used = [abi for abi in abis if any(abi in row["abis"] for row in table)]
    results = _results(seed, used, table)
    lines = [
        (one.mutant["name"], one.mutant["mistake"], one.mutant["file"], one.abi,
         f"{one.caught} of {one.total}" if one.caught else "SURVIVED")
        for one in results
    ]
    headers = ("mutant", "mistake", "source", "convention", "caught by")
    print(tabulate.tabulate(lines, headers=headers, tablefmt="pipe"))
    survived = sum(one.caught == 0 for one in results)
    return len(results) - survived, survived

"""Measures the JavaScript rows in all runtimes, in rounds that alternate between them.

Two kinds of rounds. Between processes: every runtime is asked for one batch per round, in an order
that turns around with each round. Within a process: Springboard and the floors take turns, since
ratios close to one need it. Results are plain data, see measure().
"""

import contextlib
import dataclasses

from driver.runtimes import COLUMNS, RUNTIMES
from driver.worker import Worker, WorkerError, ask_once


@dataclasses.dataclass(frozen=True)
class Plan:
    """How long to measure."""

    milliseconds: float  # of a batch of calls
    rounds: int  # between processes
    floor_rounds: int  # within a process
    once_rounds: int  # fresh processes per runtime and row
    memory_rounds: int  # the same for the memory row, which hardly varies
    symbols: dict  # row -> how many symbols, where not once.mjs's own number


# A batch is shorter than the slice of time that a busy system gives a process, so that most batches
# are not interrupted.
FULL = Plan(milliseconds=1, rounds=101, floor_rounds=201, once_rounds=15, memory_rounds=3,
            symbols={})
SMOKE = Plan(milliseconds=0.02, rounds=2, floor_rounds=2, once_rounds=1, memory_rounds=1,
             symbols={"memory": 1000})


# The columns whose process has the floor that takes turns with the runtimes, by phase.
FLOOR_COLUMNS = {phase: f"springboard26_{phase}" for phase in ("none", "callback")}


def _in_turns(turns, rounds):
    """{name: figure} of `rounds` rounds between processes; a turn is (name, worker, subject)."""
    figures = {name: {"rounds": []} for name, _, _ in turns}
    for number in range(rounds):
        for name, worker, subject in turns if number % 2 == 0 else reversed(turns):
            answer = worker.ask(time=subject)
            figures[name]["rounds"].append(answer["nanoseconds"])
    return figures


def _against_floors(worker, prepared, rounds):
    """{subject: figure} of rounds within one process, of what it could prepare."""
    subjects = [name for name in worker.column.subjects if prepared[name] == {}]
    answer = worker.ask(alternate=subjects, rounds=rounds)
    return {name: {"rounds": list(times)} for name, times in zip(subjects, zip(*answer["rounds"]))}


def _measure_row(workers, row, plan):
    """(figures between processes, figures beside the floors) of one row, by column."""
    prepared = {
        name: worker.ask(prepare=row["id"], milliseconds=plan.milliseconds)
        for name, worker in workers.items()
    }
    floor = FLOOR_COLUMNS["callback" if row.get("needsCallback") else "none"]
    turns = [("floor", workers[floor], "floor")]
    turns += [(name, worker, worker.column.subject) for name, worker in workers.items()]
    answers = {name: prepared[floor if name == "floor" else name][subject]
               for name, _, subject in turns}
    figures = _in_turns([turn for turn in turns if answers[turn[0]] == {}], plan.rounds)
    figures |= {name: answer for name, answer in answers.items() if answer != {}}
    floors = {}
    for name, worker in workers.items():
        if len(worker.column.subjects) > 1:
            measured = _against_floors(worker, prepared[name], plan.floor_rounds)
            floors[name] = prepared[name] | measured
    return figures, floors


def _measure_once(row, plan):
    """Figures by runtime of a row that wants a fresh process per measurement."""
    figures = {name: {"rounds": []} for name in RUNTIMES}
    count = plan.symbols.get(row["id"])
    rounds = plan.memory_rounds if row["id"] == "memory" else plan.once_rounds
    for number in range(rounds):
        names = list(RUNTIMES)
        for name in names if number % 2 == 0 else reversed(names):
            if "rounds" not in figures[name]:
                continue
            answer = ask_once(RUNTIMES[name], row["id"], *([str(count)] if count else []))
            if "value" not in answer:
                figures[name] = answer
                continue
            figures[name]["rounds"].append(answer["value"])
            if "bytes" in answer:
                figures[name].setdefault("bytes", []).append(answer["bytes"])
    return figures


def _all_rows(workers):
    return next(iter(workers.values())).ask(rows=True)["rows"]


def measure(plan, progress):
    """{"rows": table, "figures": {row: {column or runtime: figure}},
    "floors": {row: {column: {subject: figure}}}}."""
    result = {"figures": {}, "floors": {}}
    with contextlib.ExitStack() as stack:
        workers = {name: stack.enter_context(Worker(column)) for name, column in COLUMNS.items()}
        rows = result["rows"] = _all_rows(workers)
        for row in (row for row in rows if "step" in row):
            progress.step(row["title"])
            try:
                figures, floors = _measure_row(workers, row, plan)
            except WorkerError as error:
                raise SystemExit(f"bench: {row['title']}: {error}") from error
            result["figures"][row["id"]] = figures
            result["floors"][row["id"]] = floors
    for row in (row for row in rows if "step" not in row):
        progress.step(row["title"])
        result["figures"][row["id"]] = _measure_once(row, plan)
    return result


# How many steps of progress measure() takes.
STEPS = 38

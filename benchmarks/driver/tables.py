"""The tables that a run ends with, for the terminal and for docs/benchmarks.md.

A Table is titles and cells, already text; render() makes either form of it.
"""

import dataclasses
import textwrap

import tabulate

from driver import figures, limits
from driver.results import column_title
from driver.runtimes import PEERS, RUNTIMES

_NONE = "none"

# Columns of the longest cell on a terminal.
_TERMINAL_CELL = 60


@dataclasses.dataclass
class Table:
    """`about` is one sentence; `notes` stand below."""

    title: str
    about: str
    headers: list
    cells: list
    notes: list = dataclasses.field(default_factory=list)
    numeric: bool = True

    def render(self, markdown):
        style = "github" if markdown else "simple"
        align = ["left"] + ["right" if self.numeric else "left"] * (len(self.headers) - 1)
        cells = self.cells if markdown else [[_wrapped(cell) for cell in row] for row in self.cells]
        text = tabulate.tabulate(cells, self.headers, tablefmt=style, colalign=align,
                                 disable_numparse=True)
        title = f"### {self.title}" if markdown else self.title.upper()
        notes = "\n".join(f"- {note}" for note in self.notes)
        return "\n\n".join(part for part in (title, self.about, text, notes) if part)


def _wrapped(cell):
    return "\n".join(textwrap.wrap(cell, _TERMINAL_CELL)) if cell else cell


def number(value):
    """Three digits that count."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _cell(figure):
    """A median with its spread; why there is none is told below the table."""
    if figure is None:
        return ""
    if not figures.measured(figure):
        return "error" if "error" in figure else _NONE
    return f"{number(figures.median(figure))} ±{figures.spread(figure):.0%}"


def _ratio_cell(figure):
    return "" if figure is None else f"{number(figures.median(figure))}"


def _spread_cell(figure):
    if figure is None:
        return ""
    return f"{figures.median(figure):.2f} ±{figures.spread(figure):.0%}"


def _reasons(results, rows):
    """Why a peer lacks rows: one note per peer and reason."""
    notes = {}
    for row in rows:
        for peer in PEERS:
            reason = results.figure(row["id"], peer).get("cannot")
            if reason:
                notes.setdefault((peer, reason), []).append(row["title"])
    return [f"{RUNTIMES[peer].title}: {reason} ({'; '.join(titles)})."
            for (peer, reason), titles in notes.items()]


def calls(results):
    cells = []
    for row in results.call_rows:
        columns = [results.ours(row["id"]), results.ours(row["id"], release="24"), *PEERS]
        cells.append([row["title"], _cell(results.figure(row["id"], "floor"))] +
                     [_cell(results.figure(row["id"], column)) for column in columns])
    headers = ["ns per call", "floor", "Springboard", "Node 24"]
    return Table(
        "Calls from optimised JavaScript",
        "Medians of alternating rounds with half the distance of the quartiles, loop included; no "
        "callback exists but in the row that needs one.",
        headers + [RUNTIMES[peer].title for peer in PEERS], cells,
        _reasons(results, results.call_rows))


def peers(results):
    cells = [[row["title"]] + [_ratio_cell(results.times_faster(row["id"], peer)) for peer in PEERS]
             for row in results.rows]
    return Table(
        "How many times longer the peers take",
        "Medians of the rounds' ratios to Springboard on Node 26; below 1 the peer is faster.",
        ["", *(RUNTIMES[peer].title for peer in PEERS)], cells)


def floors(results):
    cells = []
    for row in results.call_rows:
        line = [row["title"]]
        for release in ("26", "24"):
            line += [_spread_cell(results.to_floor(row["id"], *which, release)) if len(which) == 1
                     else _spread_cell(results.to_floor(row["id"], which[0], release, which[1]))
                     for which in (("none",), ("leaf",), ("callback",), ("callback", "legal"))]
        cells.append(line)
    phases = ["no callback", "leaf", "callback exists", "to the legal floor"]
    return Table(
        "Springboard to the floor",
        "Medians of the ratios within one process. After a callback exists the floor may no longer "
        "be used; the legal floor returns nothing and its result is read from memory.",
        ["", *phases, *(f"Node 24: {phase}" for phase in phases)], cells)


def libraries(results):
    cells = []
    for row in results.once_rows:
        unit = row.get("unit", "ns")
        cells.append([f"{row['title']}, {unit}"] +
                     [_cell(results.figure(row["id"], name)) for name in RUNTIMES])
    known = [limits.bytes_per_symbol(results.figure("memory", name)) for name in RUNTIMES]
    cells.append(["heap, malloc and code per symbol, bytes"] +
                 ["" if value is None else number(value) for value in known])
    return Table(
        "Fresh processes",
        "Medians over new processes: nothing is warm. Memory is per symbol of 10,000.",
        ["", *(column_title(name) for name in RUNTIMES)], cells)


def threads(results):
    cells = [[row["title"]] + [_cell(results.figure(row["id"], name)) for name in RUNTIMES]
             for row in results.thread_rows]
    return Table(
        "Calls on other threads, and from them",
        "Nanoseconds per call or call back by the wall's clock: medians over new processes, each "
        "of which gives the median of its batches.",
        ["", *(column_title(name) for name in RUNTIMES)], cells,
        _reasons(results, results.thread_rows))


_ROUTES = ("direct", "stub", "libffi", "stub_closure", "libffi_closure")


def cpp_calls(results):
    times = results.cpp["call_benchmark"]
    cells = []
    for scenario in dict.fromkeys(name.partition("/")[0] for name in times):
        figure = {route: times.get(f"{scenario}/{route}") for route in _ROUTES}
        median = {route: figures.median(value) for route, value in figure.items()
                  if value is not None and figures.measured(value)}
        ratios = [f"{median[two] / median[one]:.1f}" if one in median and two in median else ""
                  for one, two in (("stub", "libffi"), ("stub_closure", "libffi_closure"))]
        shown = [_cell(figure[route]) for route in _ROUTES]
        cells.append([scenario, *shown[:3], ratios[0], *shown[3:], ratios[1]])
    return Table(
        "Native calls from C++",
        "Nanoseconds of processor time per call, loop and callee included.",
        ["", "direct", "call stub", "libffi", "libffi / stub", "closure stub", "libffi closure",
         "libffi / stub"], cells)


def cpp_making(results):
    times = results.cpp["make_benchmark"]
    return Table(
        "Before the first call, in C++", "Nanoseconds of processor time per signature or stub.",
        ["", "ns"], [[name, _cell(figure)] for name, figure in times.items()])


def verdicts(results):
    cells = [[verdict.title, verdict.limit, "holds" if verdict.holds else "does not hold",
              verdict.text()] for verdict in limits.verdicts(results)]
    return Table("What must hold", "On Node 26, by the medians above.",
                 ["", "limit", "", "figures"], cells, numeric=False)


def all_tables(results):
    return [make(results) for make in
            (calls, peers, floors, libraries, threads, cpp_calls, cpp_making, verdicts)]

"""Everything that one run measured, with the questions that tables, limits and charts ask.

Made of plain data that is written to and read from JSON; nothing here measures.
"""

import dataclasses
import json
import platform

from driver import figures
from driver.runtimes import COLUMNS, RUNTIMES


@dataclasses.dataclass(frozen=True)
class Results:
    """One run: what was measured where, and on which machine."""

    machine: dict
    javascript: dict
    cpp: dict

    @property
    def rows(self):
        return self.javascript["rows"]

    @property
    def call_rows(self):
        return [row for row in self.rows if "step" in row]

    @property
    def once_rows(self):
        return [row for row in self.rows if "step" not in row and "threads" not in row]

    @property
    def thread_rows(self):
        return [row for row in self.rows if "threads" in row]

    def row(self, row_id):
        return next(row for row in self.rows if row["id"] == row_id)

    def ours(self, row_id, phase="none", release="26"):
        """The column in which Springboard has this row."""
        row = self.row(row_id)
        if "step" not in row:
            return f"springboard{release}"
        return f"springboard{release}_{'callback' if row.get('needsCallback') else phase}"

    def figure(self, row_id, column):
        return self.javascript["figures"][row_id][column]

    def to_floor(self, row_id, phase, release="26", floor="floor"):
        """The figure of Springboard's ratios to a floor in one process; None without one."""
        beside = self.javascript["floors"].get(row_id, {})
        both = beside.get(f"springboard{release}_{phase}", {})
        ours, least = both.get("springboard", {}), both.get(floor, {})
        if not figures.measured(ours) or not figures.measured(least):
            return None
        return figures.ratio(ours, least)

    def times_faster(self, row_id, peer, phase="none", peer_row=None):
        """The figure of how many times longer a peer takes than Springboard; None without one."""
        ours = self.figure(row_id, self.ours(row_id, phase))
        theirs = self.figure(peer_row or row_id, peer)
        if not figures.measured(ours) or not figures.measured(theirs):
            return None
        if peer_row is None:
            return figures.ratio(theirs, ours)
        # Of different rows, so no rounds belong together.
        medians = ({"rounds": [figures.median(figure)]} for figure in (theirs, ours))
        return figures.ratio(*medians)

    def errors(self):
        """(title, column's title, message) of what should have been measured and was not."""
        for row in self.rows:
            for column, figure in self.javascript["figures"][row["id"]].items():
                if "error" in figure and column != "floor":  # it is among its column's floors too
                    yield row["title"], column_title(column), figure["error"]
            for column, beside in self.javascript["floors"].get(row["id"], {}).items():
                for subject, figure in beside.items():
                    if "error" in figure and subject in ("floor", "legal"):
                        yield row["title"], f"{column_title(column)}, {subject}", figure["error"]
        for program, times in self.cpp.items():
            for name, figure in times.items():
                if "error" in figure:
                    yield name, program, figure["error"]

    def write(self, folder):
        for name in ("machine", "javascript", "cpp"):
            text = json.dumps(getattr(self, name), indent=1)
            (folder / f"{name}.json").write_text(text + "\n", encoding="utf-8")

    @classmethod
    def read(cls, folder):
        return cls(*(json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
                     for name in ("machine", "javascript", "cpp")))


def column_title(name):
    """A column's or a runtime's name for people."""
    if name in RUNTIMES:
        return RUNTIMES[name].title
    column = COLUMNS[name]
    phases = {"none": "", "callback": ", callback exists", "leaf": ", leaf"}
    return column.runtime.title + phases[column.phase]


def this_machine():
    """What a reader needs to know of the machine; no names of hosts or people."""
    models = [line.split(":", 1)[1].strip() for line in _lines("/proc/cpuinfo")
              if line.startswith("model name")]
    return {"processor": models[0] if models else platform.machine(), "processors": len(models),
            "system": platform.system()}


def _lines(path):
    with open(path, encoding="utf-8") as file:
        return file.read().splitlines()

"""Charts of a run as SVG: small, the same bytes for the same figures, on light and dark pages.

overview.svg, calls_*.svg: nanoseconds per call, bars per row and runtime on a logarithmic axis, the
floor as a mark. floor.svg: Springboard's ratios to the floor in each phase.
"""

import matplotlib

matplotlib.use("svg")

# pylint: disable=wrong-import-position
from matplotlib import pyplot

from driver import figures
from driver.runtimes import PEERS, PHASES, RUNTIMES
from driver.tables import number

# Legible on white and on black.
_TEXT = "#808890"
_COLOURS = {
    "springboard26": "#e8590c", "springboard24": "#f0a868", "deno": "#2f9e6e", "bun": "#b0885a",
    "koffi": "#4a86d8", "node_ffi": "#8a63c9", "ffi_rs": "#c2528b",
    "none": "#e8590c", "leaf": "#f0a868", "callback": "#4a86d8",
}

# Charts of calls and their rows.
_CALL_CHARTS = {
    "overview": ("nop", "add_i32", "add_f64", "add_u64", "twelve_i32", "buffer_u32", "structs_in",
                 "struct_new", "callback"),
    "calls_scalars": ("nop", "bool", "add_i32", "strict_i32", "add_f64", "add_u64", "usize_number",
                      "i53", "pointer"),
    "calls_more": ("pointer_add_i32", "pointer_add_f64", "pointer_add_u64", "six_mixed",
                   "twelve_i32", "nineteen_mixed", "buffer_u32", "buffer_f64", "structs_in",
                   "struct_new", "struct_out", "callback"),
    "calls_as_c": ("c_string", "cstring_11", "cstring_200", "cstring_found", "add_i32", "errno",
                   "out_by_hand", "out", "variadic", "field_read", "field_write", "qsort"),
}

matplotlib.rcParams.update({
    "svg.hashsalt": "springboard", "svg.fonttype": "none", "font.family": "sans-serif",
    "font.size": 9, "text.color": _TEXT, "axes.labelcolor": _TEXT, "xtick.color": _TEXT,
    "ytick.color": _TEXT, "axes.edgecolor": _TEXT, "axes.spines.top": False,
    "axes.spines.right": False, "legend.frameon": False, "legend.labelcolor": _TEXT,
})


def _bars(path, titles, series, label, floors=None):
    """Horizontal bars: series is {name: (title, values)}, one value (or None) per title. With
    floors, one per title too, a mark for each, and a logarithmic axis; without, a line at 1."""
    height = 0.8 / len(series)
    figure, axes = pyplot.subplots(figsize=(8.6, 0.9 + len(titles) * 0.17 * (len(series) + 1)))
    for index, (name, (title, values)) in enumerate(series.items()):
        places = [row + index * height for row, value in enumerate(values) if value is not None]
        known = [value for value in values if value is not None]
        axes.barh(places, known, height * 0.9, label=title, color=_COLOURS[name])
        for place, value in zip(places, known):
            axes.annotate(f" {number(value)}", (value, place), va="center", fontsize=7)
    axes.set_yticks([row + 0.4 - height / 2 for row in range(len(titles))], titles)
    axes.set_ylim(len(titles) - 0.1, -0.2)
    if floors is None:
        axes.axvline(1, color=_TEXT, linewidth=0.8)
    else:
        axes.set_xscale("log")
        axes.set_xlim(left=1)
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
        known = [row for row, floor in enumerate(floors) if floor is not None]
        axes.vlines([floors[row] for row in known], [row - 0.1 for row in known],
                    [row + 0.78 for row in known], color=_TEXT, linewidth=1, label="floor")
    axes.set_xlabel(label)
    figure.legend(loc="upper center", ncol=4, fontsize=8, bbox_to_anchor=(0.5, 1.0))
    figure.tight_layout(rect=(0, 0, 1, 1 - 0.45 / figure.get_figheight()))
    figure.savefig(path, metadata={"Date": None, "Creator": None}, transparent=True)
    pyplot.close(figure)


def _median(figure):
    return figures.median(figure) if figure is not None and figures.measured(figure) else None


def _calls(results, rows, path):
    shown = {"springboard26": "26", "springboard24": "24"}
    series = {}
    for name in RUNTIMES:
        values = [_median(results.figure(
            row["id"], name if name in PEERS else results.ours(row["id"], release=shown[name])))
            for row in rows]
        series[name] = (RUNTIMES[name].title, values)
    floors = [_median(results.figure(row["id"], "floor")) for row in rows]
    _bars(path, [row["title"] for row in rows], series, "ns per call", floors)


def _floor(results, path):
    rows = results.call_rows
    series = {phase: (title, [_median(results.to_floor(row["id"], phase)) for row in rows])
              for phase, title in PHASES.items()}
    _bars(path, [row["title"] for row in rows], series,
          "times the hand-written V8 fast function, Node 26")


def draw(results, folder):
    """Writes all charts into a folder and returns their names."""
    for name, rows in _CALL_CHARTS.items():
        _calls(results, [results.row(row) for row in rows], folder / f"{name}.svg")
    _floor(results, folder / "floor.svg")
    return [f"{name}.svg" for name in (*_CALL_CHARTS, "floor")]

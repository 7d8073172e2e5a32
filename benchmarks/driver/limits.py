"""What must hold: limits on ratios of medians in one run, and what a run says to each.

A row of LIMITS names rows of the JavaScript table and the phases they are looked at in, the largest
ratio to the floor, and how many times longer each peer must take; a row of PAIRS says how much more
one row may take than another. The limits on libraries, memory and C++ follow as functions. A ratio
that was not measured does not hold.
"""

import dataclasses

from driver import figures
from driver.runtimes import PEERS, PHASES, RUNTIMES

_QUIET = ("none", "leaf")
_SCALARS = ("nop", "bool", "add_f64", "add_u64", "pointer", "six_mixed")
_INTEGERS = ("add_i32", "usize_number", "i53")

# Bytes in V8's heap, from malloc, and of machine code.
_MAX_BYTES_PER_SYMBOL = 1200
_MIN_LIBFFI_CALL = 5
_MIN_LIBFFI_CLOSURE = 2


@dataclasses.dataclass(frozen=True)
class Limit:
    """One line of the table."""

    title: str
    rows: tuple
    phases: tuple
    floor: float  # largest ratio to the floor; None if it does not matter
    peers: dict  # peer -> least number of times it takes longer
    peer_row: str = None  # the peers' row, if they have another
    most: float = None  # nanoseconds


@dataclasses.dataclass(frozen=True)
class Pair:
    """How much more Springboard may take for one row than for another: times or nanoseconds."""

    title: str
    row: str
    other: str
    times: float = None
    more: float = None


_JS = {"deno": 1, "koffi": 1, "node_ffi": 1}

LIMITS = (
    Limit("scalars, bool, pointer, BigInt; no callback, or leaf", _SCALARS, _QUIET, 1.10, _JS),
    Limit("integers as Numbers; no callback, or leaf", _INTEGERS, _QUIET, 1.15, _JS),
    Limit("the same after a callback exists", _SCALARS + _INTEGERS, ("callback",), 1.40,
          {"koffi": 1, "node_ffi": 1}),
    Limit("twelve i32; nineteen mixed", ("twelve_i32", "nineteen_mixed"), _QUIET, 1.20, _JS),
    Limit("buffer; buffer + f64", ("buffer_u32", "buffer_f64"), _QUIET, 1.25,
          {"deno": 3, "bun": 1}),
    Limit("two structs in", ("structs_in",), _QUIET, 1.5, {"deno": 20, "koffi": 20}),
    Limit("struct into out", ("struct_out",), _QUIET, 2, {"deno": 50}, "struct_new"),
    Limit("struct as new Uint8Array", ("struct_new",), _QUIET, 1.2, {"deno": 10}),
    Limit("callback", ("callback",), ("callback",), 1.15, {peer: 1 for peer in PEERS}),
    Limit("cstring of 11 bytes", ("cstring_11",), _QUIET, None, {peer: 1 for peer in PEERS},
          most=10),
    Limit("field of a struct, to a DataView", ("field_read", "field_write"), ("none",), 1.1, {}),
)

PAIRS = (
    Pair("errno kept", "errno", "add_i32", more=1.5),
    Pair("out parameter", "out", "out_by_hand", times=1.5),
)


@dataclasses.dataclass
class Verdict:
    """What a run says to one limit: `findings` are (text, holds)."""

    title: str
    limit: str
    findings: list

    @property
    def holds(self):
        return all(holds for _, holds in self.findings)

    def text(self):
        """The findings that break it; if none does, all."""
        broken = [text for text, holds in self.findings if not holds]
        return "; ".join(broken or [text for text, _ in self.findings])


def verdicts(results):
    lines = [_of_rows(results, limit) for limit in LIMITS]
    lines += [_of_pair(results, pair) for pair in PAIRS]
    return lines + [
        _of_libraries(results),
        _of_calls(results, "call stub against libffi", "stub", "libffi", _MIN_LIBFFI_CALL),
        _of_calls(results, "closure stub against libffi", "stub_closure", "libffi_closure",
                  _MIN_LIBFFI_CLOSURE),
        _of_memory(results),
    ]


def _where(row, phase):
    return f"{row}" if phase == "none" else f"{row}, {phase}"


def _of_rows(results, limit):
    """All ratios of a limit; of those that hold, only the one nearest to it is told."""
    places = [(row, phase) for row in limit.rows for phase in limit.phases]
    told = []
    wanted = []
    if limit.floor is not None:
        wanted.append(f"at most {limit.floor:.2f} to the floor")
        told += _told([(results.to_floor(row, phase), _where(row, phase), limit.floor)
                       for row, phase in places], "{} to the floor", True)
    if limit.most is not None:
        wanted.append(f"at most {limit.most} ns")
        told += _told([(_measured(results, row, phase), _where(row, phase), limit.most)
                       for row, phase in places], "{} ns", True)
    names = []
    for peer, least in limit.peers.items():
        title = RUNTIMES[peer].title
        names.append(title if least == 1 else f"{title} {least} times")
        ratios = [(results.times_faster(row, peer, phase, limit.peer_row), _where(row, phase),
                   least)
                  for row, phase in places
                  if "cannot" not in results.figure(limit.peer_row or row, peer)]
        told += _told(ratios, f"{title} takes {{}} times as long", False)
    if names:
        wanted.append(f"slower: {', '.join(names)}")
    return Verdict(limit.title, "; ".join(wanted), told)


def _measured(results, row, phase):
    figure = results.figure(row, results.ours(row, phase))
    return figure if figures.measured(figure) else None


def _of_pair(results, pair):
    """Of different rows, so no rounds belong together."""
    values = []
    for phase in PHASES:
        both = [_measured(results, row, phase) for row in (pair.row, pair.other)]
        value = None
        if all(both):
            one, other = (figures.median(figure) for figure in both)
            value = {"rounds": [one - other if pair.times is None else one / other]}
        values.append((value, _where(pair.row, phase), pair.times or pair.more))
    if pair.times is not None:
        return Verdict(pair.title, f"at most {pair.times} times the same by hand",
                       _told(values, "{} times", True))
    return Verdict(pair.title, f"at most {pair.more} ns more than without",
                   _told(values, "{} ns more", True))


def _told(ratios, what, at_most):
    """Findings: every ratio that breaks its limit, or else the worst. {} in `what` is the ratio."""
    findings, fine = [], []
    for ratio, where, limit in ratios:
        if ratio is None:
            findings.append((f"{where}: not measured", False))
            continue
        value = figures.median(ratio)
        text = f"{what.format(f'{value:.2f}')} ({where})"
        if value <= limit if at_most else value >= limit:
            fine.append((value, text))
        else:
            findings.append((text, False))
    if not findings and fine:
        findings.append(((max if at_most else min)(fine)[1], True))
    return findings


def _of_libraries(results):
    pairs = (("open", "bun"), ("open_and_call", "koffi"))
    told = []
    for row, peer in pairs:
        ratio = results.times_faster(row, peer)
        told += _told([(ratio, row, 1)], f"{RUNTIMES[peer].title} takes {{}} times as long", False)
    return Verdict("1,000 symbols", "slower: Bun (open), koffi (open and call each)", told)


def _of_calls(results, title, stub, libffi, least):
    calls = results.cpp["call_benchmark"]
    ratios = []
    for name in calls:
        scenario, _, route = name.partition("/")
        if route != stub:
            continue
        pair = calls[name], calls.get(f"{scenario}/{libffi}", {})
        complete = all(figures.measured(figure) for figure in pair)
        medians = [{"rounds": [figures.median(figure)]} for figure in pair] if complete else None
        ratio = figures.ratio(medians[1], medians[0]) if complete else None
        ratios.append((ratio, scenario, least))
    return Verdict(title, f"libffi takes at least {least} times as long",
                   _told(ratios, "{} times", False))


def bytes_per_symbol(figure):
    """Heap, malloc and code of a figure of the memory row; None where the process cannot know."""
    known = [sample for sample in figure.get("bytes", ()) if "malloc" in sample]
    if not known:
        return None
    totals = [sample["heap"] + sample["malloc"] + sample.get("code", 0) for sample in known]
    return figures.median({"rounds": totals})


def _of_memory(results):
    total = bytes_per_symbol(results.figure("memory", results.ours("memory")))
    finding = ("not measured", False) if total is None else (
        f"{total:,.0f} bytes", total <= _MAX_BYTES_PER_SYMBOL)
    return Verdict("memory per symbol: heap, malloc, code",
                   f"at most {_MAX_BYTES_PER_SYMBOL:,} bytes", [finding])

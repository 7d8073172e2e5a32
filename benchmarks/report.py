#!/usr/bin/env python3
"""Prints what a call costs on each route, and how much slower libffi is than the stub.

Reads the JSON of call_benchmark (--benchmark_format=json) from standard input. Each scenario's time
is the minimum over its repetitions: what disturbs a run only ever adds. "libffi / stub" compares
the whole times, in which the loop and the callee are the same on both sides; "added" compares what
the two add to the direct call.
"""

import json
import sys

ROUTES = ("direct", "stub", "libffi")


def minima(report):
    """{scenario: {route: nanoseconds}}, in the order in which they were registered."""
    times = {}
    for run in sorted(report["benchmarks"], key=lambda run: run["family_index"]):
        if run.get("run_type") == "aggregate" or run.get("error_occurred"):
            continue
        scenario, route = run["name"].split("/")[:2]
        routes = times.setdefault(scenario, {})
        routes[route] = min(routes.get(route, float("inf")), run["cpu_time"])
    return times


def added(routes):
    """How many times more libffi adds to the direct call; "-" where that is too little to see."""
    stub = routes["stub"] - routes["direct"]
    if stub < 0.05 * routes["direct"]:
        return "-"
    return f"{(routes['libffi'] - routes['direct']) / stub:.1f}x"


def main():
    times = minima(json.load(sys.stdin))

    print(f"{'ns per call':<18}" + "".join(f"{route:>10}" for route in ROUTES)
          + f"{'libffi / stub':>16}{'added':>10}")
    for scenario, routes in times.items():
        missing = [route for route in ROUTES if route not in routes]
        if missing:
            sys.exit(f"report.py: {scenario} was not measured: {', '.join(missing)}")
        ratio = routes["libffi"] / routes["stub"]
        print(f"{scenario:<18}" + "".join(f"{routes[route]:>10.2f}" for route in ROUTES)
              + f"{ratio:>15.1f}x{added(routes):>10}")


if __name__ == "__main__":
    main()

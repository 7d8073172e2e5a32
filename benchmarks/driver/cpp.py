"""Runs the Google Benchmark programs and reads their results.

call_benchmark names its rows SCENARIO/ROUTE, make_benchmark KIND/CASE. Times are of the processor,
since other programs run on the same machine. Results are figures (figures.py) in nanoseconds, one
round per repetition; repetitions are interleaved.
"""

import json
import subprocess

from driver.runtimes import RESULTS

PROGRAMS = ("call_benchmark", "make_benchmark")

_FULL = ("--benchmark_min_time=0.05", "--benchmark_repetitions=9",
         "--benchmark_enable_random_interleaving=true")
_SMOKE = ("--benchmark_min_time=0.0001",)


def measure(smoke, progress):
    """{program: {name: figure}}."""
    return {program: _run(program, smoke, progress) for program in PROGRAMS}


def _run(program, smoke, progress):
    progress.step(program)
    done = subprocess.run(
        [RESULTS / program, "--benchmark_format=json", *(_SMOKE if smoke else _FULL)],
        stdout=subprocess.PIPE, text=True, check=True,
    )
    figures = {}
    runs = [run for run in json.loads(done.stdout)["benchmarks"]
            if run.get("run_type") != "aggregate"]
    for run in sorted(runs, key=lambda run: run["family_index"]):
        name = run["run_name"]
        if run.get("error_occurred"):
            figures[name] = {"error": run["error_message"]}
        else:
            figures.setdefault(name, {"rounds": []})["rounds"].append(run["cpu_time"])
    return figures

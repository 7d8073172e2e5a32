#!/usr/bin/python3
"""./dev bench: measures, prints tables and what holds, writes JSON and charts.

    bench.py [--smoke] [--publish] [--last]

Called by run.sh, which has built what is measured. Results go to build/benchmarks. --smoke runs
every row in every runtime, but briefly: only that it runs means anything; its results go to
build/benchmarks/smoke. --last measures nothing and reports the last run again. --publish also puts
tables and charts into docs/. Exit code 1 if something that should have been measured was not.
"""

import argparse
import sys

from driver import charts, cpp, javascript, publish, tables
from driver.progress import Progress
from driver.results import Results, this_machine
from driver.runtimes import RESULTS


def parse_arguments():
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__.splitlines()[0])
    parser.add_argument("--smoke", action="store_true",
                        help="run every row briefly; figures mean nothing")
    parser.add_argument("--publish", action="store_true",
                        help="also write docs/benchmarks.md and docs/charts")
    parser.add_argument("--last", action="store_true",
                        help="measure nothing; report the last run again")
    chosen = parser.parse_args()
    if chosen.smoke and chosen.publish:
        parser.error("figures of a smoke run are not published")
    return chosen


def measure(smoke):
    progress = Progress(javascript.STEPS + len(cpp.PROGRAMS))
    try:
        calls = javascript.measure(javascript.SMOKE if smoke else javascript.FULL, progress)
        return Results(this_machine(), calls, cpp.measure(smoke, progress))
    finally:
        progress.close()


def report_errors(results):
    """What should have been measured and was not; returns how much."""
    errors = list(results.errors())
    for row, column, message in errors:
        print(f"not measured: {row}, {column}: {message}")
    return len(errors)


def main():
    chosen = parse_arguments()
    folder = RESULTS / "smoke" if chosen.smoke else RESULTS
    folder.mkdir(parents=True, exist_ok=True)
    if chosen.last:
        results = Results.read(folder)
    else:
        results = measure(chosen.smoke)
        results.write(folder)
    report = "\n\n".join(table.render(markdown=False) for table in tables.all_tables(results))
    print("a smoke run: its figures mean nothing" if chosen.smoke else report)
    drawn = charts.draw(results, folder)
    if chosen.publish:
        publish.publish(results, folder, drawn)
    print(f"written to {folder.relative_to(RESULTS.parent.parent)}: JSON, {', '.join(drawn)}")
    return 1 if report_errors(results) else 0


if __name__ == "__main__":
    sys.exit(main())

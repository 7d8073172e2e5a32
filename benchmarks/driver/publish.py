"""Puts a run's tables and charts where readers see them: docs/benchmarks.md and docs/charts/."""

import shutil

from driver import tables
from driver.runtimes import ROOT

PAGE = ROOT / "docs/benchmarks.md"
CHARTS = ROOT / "docs/charts"
_BEGIN = "<!-- Between these marks: written by ./dev bench --publish -->"
_END = "<!-- The end of what ./dev bench --publish writes -->"


def publish(results, folder, charts):
    CHARTS.mkdir(exist_ok=True)
    for name in charts:
        shutil.copyfile(folder / name, CHARTS / name)
    page = PAGE.read_text(encoding="utf-8")
    before, begin, rest = page.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not begin or not end:
        raise SystemExit(f"bench: {PAGE.relative_to(ROOT)} has lost its marks: {_BEGIN} {_END}")
    PAGE.write_text(f"{before}{begin}\n\n{_figures(results)}\n\n{end}{after}", encoding="utf-8")


def _figures(results):
    machine = results.machine
    where = (f"{machine['processors']} processors ({machine['processor']}), {machine['system']}. "
             "Ratios mean something; nanoseconds belong to this machine at that hour.")
    return "\n\n".join([where, *(table.render(markdown=True)
                                 for table in tables.all_tables(results))])

"""A runtime kept alive that answers requests, one JSON line each; and one asked once.

The requests are in js/worker.mjs. A Worker is used by one thread; leaving its `with` block ends the
process.
"""

import json
import subprocess

from driver.runtimes import ROOT, environment

# Twenty times what the slowest row takes; a hung process must still end.
_ONCE_SECONDS = 120


class WorkerError(Exception):
    """The process ended or said something else than an answer."""


class Worker:
    """One process of js/worker.mjs."""

    def __init__(self, column):
        self.column = column
        command = column.runtime.start("worker.mjs", ",".join(column.subjects), column.phase)
        self._process = subprocess.Popen(
            command, cwd=ROOT, env=environment(), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.stdin.close()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()

    def ask(self, **request):
        """The answer to a request. A runtime's own remarks on standard output are skipped."""
        try:
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
        except OSError:
            pass  # it has ended: the end of its output says so below
        for line in self._process.stdout:
            if line.startswith("{"):
                return json.loads(line)
        code = self._process.wait()
        raise WorkerError(f"{self.column.runtime.title} ended with {code}")


def ask_once(runtime, *arguments):
    """What js/once.mjs prints in a fresh process of a runtime; {error} if it prints nothing."""
    command = runtime.start("once.mjs", runtime.adapter, *arguments)
    try:
        done = subprocess.run(
            command, cwd=ROOT, env=environment(), text=True, capture_output=True,
            timeout=_ONCE_SECONDS, check=False,
        )
    except subprocess.TimeoutExpired:
        return {"error": f"takes more than {_ONCE_SECONDS} seconds"}
    for line in done.stdout.splitlines():
        if line.startswith("{"):
            return json.loads(line)
    return {"error": f"ended with {done.returncode}: {done.stderr.strip()[-200:]}"}

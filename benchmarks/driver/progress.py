"""One progress line while the benchmarks run: a bar on a terminal, plain lines elsewhere."""

import sys

import tqdm


class Progress:
    """Counts steps towards a known total and says what runs now. Standard error only."""

    def __init__(self, total):
        self._total = total
        self._done = 0
        self._bar = tqdm.tqdm(total=total, leave=False) if sys.stderr.isatty() else None

    def step(self, text):
        self._done += 1
        if self._bar is not None:
            self._bar.set_description_str(text)
            self._bar.update()
        else:
            print(f"bench: {self._done} of {self._total}: {text}", file=sys.stderr)

    def close(self):
        if self._bar is not None:
            self._bar.close()

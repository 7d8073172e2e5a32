"""What a run of a fuzzer came to."""

import dataclasses


@dataclasses.dataclass
class Outcome:
    """`found` is empty, or the report of a fault with the command that repeats it."""

    name: str
    executions: int
    seconds: float
    kept: int
    found: str

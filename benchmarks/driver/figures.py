"""Figures: the rounds of a measurement, their median and spread, and ratios of two measurements.

A figure is a dictionary, as it stands in the JSON results: {"rounds": [...]} if it was measured,
{"cannot": reason} if the runtime has no such call, {"error": message} if it should have been
measured and was not.
"""

import statistics


def measured(figure):
    return "rounds" in figure


def median(figure):
    return statistics.median(figure["rounds"])


def quartiles(figure):
    """The lower and upper quartile; the only value twice if there is but one."""
    rounds = figure["rounds"]
    if len(rounds) < 2:
        return rounds[0], rounds[0]
    low, _, high = statistics.quantiles(rounds, n=4, method="inclusive")
    return low, high


def spread(figure):
    """Half the distance between the quartiles, as a share of the median."""
    low, high = quartiles(figure)
    middle = median(figure)
    return (high - low) / 2 / middle if middle else 0.0


def ratio(dividend, divisor):
    """The figure of the per-round ratios: measurements of one round stood next to each other. None
    if there is no such ratio: a clock may see nothing of a few calls."""
    pairs = zip(dividend["rounds"], divisor["rounds"])
    ratios = [one / other for one, other in pairs if other]
    return {"rounds": ratios} if ratios else None

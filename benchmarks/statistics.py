"""From samples to numbers: percentiles, ratios, slopes."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from benchmarks.model import OURS, Claim, Outcome, Result, Statistic

_SHARES: dict[Statistic, float] = {"p50": 0.5, "p95": 0.95}


def percentile(values: Sequence[float], share: float) -> float:
    """With linear interpolation; ``share`` from 0 to 1. Raises ValueError without values."""
    if not values:
        raise ValueError("no values")
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def slope(points: Sequence[tuple[float, float]]) -> float:
    """Of the least-squares line through points of two or more abscissas."""
    mean_x = sum(x for x, _ in points) / len(points)
    mean_y = sum(y for _, y in points) / len(points)
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / spread


def pooled(outcome: Outcome | None, measure: str, statistic: Statistic) -> float | None:
    """A statistic over the samples of all rounds; None where there are none."""
    rounds = outcome.rounds if outcome else []
    values = [value for one in rounds if one for value in one.get(measure, [])]
    return percentile(values, _SHARES[statistic]) if values else None


def ratio(result: Result, measure: str, statistic: Statistic, beside: str) -> float | None:
    """Ours divided by theirs: the median over the rounds in which both have a value."""
    ours, theirs = result.outcomes.get(OURS), result.outcomes.get(beside)
    if ours is None or theirs is None:
        return None
    share = _SHARES[statistic]
    ratios = []
    for one, other in zip(ours.rounds, theirs.rounds, strict=False):
        if one and other and one.get(measure) and other.get(measure):
            below = percentile(other[measure], share)
            if below > 0:
                ratios.append(percentile(one[measure], share) / below)
    return median(ratios) if ratios else None


def value_of(result: Result, claim: Claim) -> float | None:
    """The number that a claim is about; None when it could not be measured."""
    if claim.beside is None:
        return pooled(result.outcomes.get(OURS), claim.measure, claim.statistic)
    return ratio(result, claim.measure, claim.statistic, claim.beside)

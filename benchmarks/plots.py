"""A picture of each row: a bar for each contender and measure, p95 as a whisker."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.model import OURS, Measure, MissingError, Result, Row
from benchmarks.statistics import pooled

OUR_COLOUR, THEIR_COLOUR = "#c2410c", "#94a3b8"
WIDTH_IN, BAR_IN, DPI = 4.2, 0.32, 110


def draw(row: Row, result: Result, folder: Path) -> Path:
    """Draw a row into ``folder``. Raises MissingError without matplotlib."""
    try:
        import matplotlib
    except ImportError:
        raise MissingError("matplotlib is not installed (pip install -e '.[bench]')") from None
    matplotlib.use("Agg")
    from matplotlib import pyplot

    folder.mkdir(parents=True, exist_ok=True)
    height = 1.1 + BAR_IN * len(row.contenders)
    figure, axes = pyplot.subplots(
        1, len(row.measures), figsize=(WIDTH_IN * len(row.measures), height), squeeze=False
    )
    for axis, measure in zip(axes[0], row.measures, strict=True):
        _bars(axis, measure, result)
    figure.suptitle(row.title, fontsize=10)
    figure.tight_layout()
    path = folder / f"{row.name}.png"
    figure.savefig(path, dpi=DPI, metadata={"Software": None})
    pyplot.close(figure)
    return path


def _bars(axis: Any, measure: Measure, result: Result) -> None:
    names = [
        name for name, outcome in result.outcomes.items() if pooled(outcome, measure.id, "p50") is not None
    ]
    values = [pooled(result.outcomes[name], measure.id, "p50") or 0.0 for name in names]
    colours = [OUR_COLOUR if name == OURS else THEIR_COLOUR for name in names]
    axis.barh(names, values, color=colours, height=0.65)
    if measure.p95:
        highs = [pooled(result.outcomes[name], measure.id, "p95") or 0.0 for name in names]
        spread = [max(0.0, high - value) for high, value in zip(highs, values, strict=True)]
        axis.errorbar(
            values, names, xerr=[[0.0] * len(names), spread], fmt="none", ecolor="#334155", capsize=3
        )
    axis.invert_yaxis()
    axis.tick_params(labelsize=8)
    axis.set_xlabel(f"{measure.label}{f' ({measure.unit})' if measure.unit else ''}", fontsize=8)
    axis.spines[["top", "right"]].set_visible(False)

"""What a row of the benchmarks is, and what came out of one. Data, and how it is kept in a file."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from benchmarks.bench import Bench

OURS = "realtime-mock"

Statistic = Literal["p50", "p95"]
Samples = dict[str, list[float]]
"""By the id of the measure."""


class MissingError(Exception):
    """A contender cannot be measured here; the text says why."""


class FailedError(Exception):
    """A contender was measured and did not do it; the text says what went wrong."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing that is measured. ``digits`` are those after the point; ``p95``: it is worth showing."""

    id: str
    label: str
    unit: str
    digits: int = 1
    p95: bool = False


@dataclass(frozen=True, slots=True)
class Claim:
    """What is to be reached: our value, or our value divided by that of ``beside``, against a limit."""

    measure: str
    limit: float
    beside: str | None = None
    statistic: Statistic = "p50"
    at_least: bool = False

    def holds(self, value: float) -> bool:
        """Whether a value reaches the limit."""
        return value >= self.limit if self.at_least else value <= self.limit


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table.

    Attributes:
        contenders: name to what is to be known about it in this row; ours first.
        sample: measures one contender once; raises MissingError or FailedError.
        rounds: at most so many, whatever is asked for.
    """

    name: str
    title: str
    contenders: dict[str, str]
    measures: tuple[Measure, ...]
    claims: tuple[Claim, ...]
    sample: Callable[[Bench, str], Samples]
    rounds: int = 100

    def claim_id(self, claim: Claim) -> str:
        """The key under which notes.yaml says why a claim does not hold."""
        return "/".join([self.name, claim.measure, claim.statistic, claim.beside or "limit"])


@dataclass(slots=True)
class Outcome:
    """What one contender's rounds gave. A round that failed is None, so that rounds stay comparable."""

    rounds: list[Samples | None] = field(default_factory=list)
    missing: str = ""
    problems: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Result:
    """What a run of one row gave: all samples, and where they were taken."""

    row: str
    date: str
    quick: bool
    machine: dict[str, Any]
    versions: dict[str, str]
    outcomes: dict[str, Outcome]

    def write(self, folder: Path) -> None:
        """Keep it as ``<row>.json``."""
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(asdict(self), indent=1, ensure_ascii=False)
        (folder / f"{self.row}.json").write_text(text + "\n", encoding="utf-8")

    @classmethod
    def read(cls, folder: Path, row: str) -> Result | None:
        """The last result of a row, if there is one."""
        path = folder / f"{row}.json"
        if not path.exists():
            return None
        raw = json.loads(path.read_text(encoding="utf-8"))
        outcomes = {name: Outcome(**outcome) for name, outcome in raw.pop("outcomes").items()}
        return cls(**raw, outcomes=outcomes)

"""The SDP exchange: which offers are answered, which are refused, and how. The table is
``data/sdp_exchange.yaml``; this file only reads it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from realtime_mock.protocol.data import load_yaml
from realtime_mock.protocol.tables import Conditions, conditions, hold

VIOLATION = "the violation's own"
"""What a row refuses with when the entry depends on what exactly is wrong with the session."""


@dataclass(frozen=True, slots=True)
class ExchangeFacts:
    """A posted offer, reduced to what decides; the values of each are listed in the table's head."""

    era: str
    route: str
    key: str
    model: str
    body: str
    session: str
    offer: str


@dataclass(frozen=True, slots=True)
class Row:
    """One row: which facts it asks for, and the entry to refuse with (None: the stage is passed)."""

    when: Conditions
    refuse: str | None
    confidence: str | None
    why: str | None

    def matches(self, facts: ExchangeFacts) -> bool:
        """Whether every fact that the row names has one of the values it names."""
        return hold(self.when, facts)


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of the exchange and its rows."""

    name: str
    rows: tuple[Row, ...]


def _row(row: dict[str, Any]) -> Row:
    when = conditions(row, ExchangeFacts.__dataclass_fields__)
    return Row(when, row.get("refuse"), row.get("confidence"), row.get("why"))


@cache
def stages() -> tuple[Stage, ...]:
    """The whole table, in its order."""
    return tuple(
        Stage(stage["stage"], tuple(_row(row) for row in stage["rows"]))
        for stage in load_yaml("sdp_exchange.yaml")
    )


def judge(facts: ExchangeFacts) -> str | None:
    """The catalogue id that the request is refused with, or None when it is answered."""
    for stage in stages():
        row = next((row for row in stage.rows if row.matches(facts)), None)
        if row is not None and row.refuse is not None:
            return row.refuse
    return None

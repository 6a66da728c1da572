"""A scenario as the program sees it: complete, checked, immutable. No YAML is known here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from realtime_mock.session.cues import Pace

Repeat = Literal["last", "all", "nothing"]


@dataclass(frozen=True, slots=True)
class Turn:
    """What one piece of speech gets. ``line`` is where the turn begins in its file, counted from 1."""

    transcript: str
    pace: Pace
    line: int


@dataclass(frozen=True, slots=True)
class Scenario:
    """A script: at least one turn, and what follows the last one.

    ``pace`` is that of answers that no turn gives. ``otherwise`` is None unless ``repeat`` is ``nothing``.
    """

    name: str
    summary: str
    turns: tuple[Turn, ...]
    repeat: Repeat
    otherwise: Turn | None
    pace: Pace

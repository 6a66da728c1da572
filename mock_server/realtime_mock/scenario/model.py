"""A scenario as the program sees it: complete, checked, immutable. No YAML is known here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from realtime_mock.session.cues import Failure, Pace, Segment

Repeat = Literal["last", "all", "nothing"]


@dataclass(frozen=True, slots=True)
class Turn:
    """What one piece of speech gets. ``line`` is where the turn begins in its file, counted from 1.

    ``transcript`` is the texts of ``segments`` with spaces between them, where there are any. With a
    ``failure`` it is what comes before that. ``languages`` None: those of the session's hints.
    """

    transcript: str
    pace: Pace
    line: int
    failure: Failure | None = None
    languages: tuple[str, ...] | None = None
    segments: tuple[Segment, ...] = ()


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

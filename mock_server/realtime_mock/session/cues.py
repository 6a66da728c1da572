"""Cues: what the script tells the session to do next. Data, and the one question a session asks.

The session asks its director what follows something the user did; the director (in ``scenario``)
answers with a cue. Neither imports the other's code: they meet in these types.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Utterance:
    """A piece of sound that was committed: by the VAD, or by the client.

    ``start_ms`` and ``end_ms`` are on the audio clock (milliseconds of sound since the session's
    first sample), ``silent`` says that no window of it was taken for speech.
    """

    item_id: str
    start_ms: int
    end_ms: int
    silent: bool


@dataclass(frozen=True, slots=True)
class Pace:
    """When the parts of a transcript come, in milliseconds of API time.

    Defaults: measured on gpt-4o-mini-transcribe, 2026-09-18, a public capture (observed-verbatim
    for that one turn; inferred for others).
    """

    first_delta_ms: int = 930
    """from the commit to the first delta"""
    delta_gap_ms: int = 5
    """between two deltas"""
    completed_ms: int = 199
    """from the last delta to the completed event"""


@dataclass(frozen=True, slots=True)
class Transcribe:
    """The utterance was understood as ``text`` (empty for silence)."""

    text: str
    pace: Pace = Pace()


Cue = Transcribe


class Director(Protocol):
    """Whoever knows the script."""

    def utterance(self, heard: Utterance) -> Cue:
        """What follows ``heard``. Called once for each utterance, in the order of their commits."""
        ...

"""Cues: what the script tells the session to do next. Data, and the one question a session asks.

The session asks its director what follows something the user did; the director (in ``scenario``)
answers with a cue. Neither imports the other's code: they meet in these types.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, Protocol

from realtime_mock.protocol.models import Timing


@dataclass(frozen=True, slots=True)
class Utterance:
    """A piece of sound: committed by the VAD or by the client, or going on while a live model listens.

    ``start_ms`` and ``end_ms`` are on the audio clock (milliseconds of sound since the session's
    first sample); ``end_ms`` is None while the speech is going on. ``silent`` says that no window of
    it was taken for speech.
    """

    item_id: str
    start_ms: int
    end_ms: int | None
    silent: bool


@dataclass(frozen=True, slots=True)
class Pace:
    """When the parts of a transcript come, in milliseconds; None: as the model does it.

    A live model's words follow the sound, so for them the first two are counted on the audio clock.
    """

    first_delta_ms: int | None = None
    """from the commit (a live model: from the onset of speech) to the first delta"""
    delta_gap_ms: int | None = None
    """between two deltas"""
    completed_ms: int | None = None
    """from the last delta to the completed event"""

    def over(self, timing: Timing) -> Timing:
        """``timing`` with what this pace says in its place."""
        said = {
            "first_delta_ms": self.first_delta_ms,
            "delta_gap_ms": self.delta_gap_ms,
            "completed_ms": self.completed_ms,
        }
        return replace(timing, **{name: value for name, value in said.items() if value is not None})


@dataclass(frozen=True, slots=True)
class Segment:
    """What one speaker said of an utterance."""

    speaker: str
    text: str


Failure = Literal["server_error", "audio_unintelligible"]
"""Why a transcript fails: the entries ``transcript.<failure>`` of the error catalogue."""


@dataclass(frozen=True, slots=True)
class Transcribe:
    """The utterance was understood as ``text`` (empty for silence).

    ``segments`` say who spoke which part; their texts, with spaces between them, are ``text``. With a
    ``failure`` the transcript fails where it would have been completed. ``languages`` are those that
    were heard; None leaves it to the hints of the session.
    """

    text: str
    pace: Pace = Pace()
    failure: Failure | None = None
    languages: tuple[str, ...] | None = None
    segments: tuple[Segment, ...] = ()


Cue = Transcribe


class Director(Protocol):
    """Whoever knows the script."""

    def utterance(self, heard: Utterance) -> Cue:
        """What follows ``heard``. Called once for each utterance, in the order in which they are heard.

        That is at the commit, but for a live model at the onset of speech: its text comes before the
        commit. Such speech may be thrown away later (``input_audio_buffer.clear``).
        """
        ...

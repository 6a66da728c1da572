"""Transcripts as subtitles: SubRip (.srt) and WebVTT (.vtt). Pure.

May live here: cues, and how each format writes them. When a turn was spoken is what the server's turn
detection said; where it said nothing, the cue takes the room between its neighbours.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from realtime_client.assembler import Transcript


@dataclass(frozen=True, slots=True)
class Cue:
    """A text, and when it is shown, in milliseconds from the start of the sound."""

    start_ms: int
    end_ms: int
    text: str


def cues(turns: Iterable[Transcript], *, start_ms: int = 0, end_ms: int) -> tuple[Cue, ...]:
    """The cues of turns in spoken order, counted from ``start_ms``, in a sound that ends at ``end_ms``.

    Turns without text make none. No cue begins before the one before it has ended: the server's times include
    the sound kept from before the speech (``prefix_padding_ms``), so turns may overlap.
    """
    spoken = [turn for turn in turns if turn.text.strip()]
    made: list[Cue] = []
    before = start_ms
    for number, turn in enumerate(spoken):
        start = before if turn.start_ms is None else max(before, turn.start_ms)
        end = _end_of(number, spoken, end_ms) if turn.end_ms is None else turn.end_ms
        before = max(start, end)
        made.append(Cue(start - start_ms, before - start_ms, turn.text.strip()))
    return tuple(made)


def srt(shown: Iterable[Cue]) -> str:
    """SubRip: numbered, with a comma in the times. A blank line would end a cue, so none stays in a text."""
    return "".join(
        f"{number}\n{_time(cue.start_ms, ',')} --> {_time(cue.end_ms, ',')}\n{_lines(cue.text)}\n\n"
        for number, cue in enumerate(shown, start=1)
    )


def vtt(shown: Iterable[Cue]) -> str:
    """WebVTT: with a header, a point in the times, and ``&``, ``<`` and ``>`` written as entities."""
    return "WEBVTT\n\n" + "".join(
        f"{_time(cue.start_ms, '.')} --> {_time(cue.end_ms, '.')}\n{_escaped(_lines(cue.text))}\n\n"
        for cue in shown
    )


def _end_of(number: int, spoken: Sequence[Transcript], end_ms: int) -> int:
    """The end of a turn whose end nobody told: the next known start, or the end of the sound."""
    starts = (turn.start_ms for turn in spoken[number + 1 :])
    return next((start for start in starts if start is not None), end_ms)


def _time(milliseconds: int, point: str) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{point}{rest:03}"


def _lines(text: str) -> str:
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

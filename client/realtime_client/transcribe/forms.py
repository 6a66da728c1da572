"""What a transcript looks like: plain lines, JSON lines, subtitles. Pure.

May live here: the forms, as a table. A form gives text for each finished turn, or for all of a file at its
end.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from realtime_client.assembler import Transcript
from realtime_client.subtitles import cues, srt, vtt


@dataclass(frozen=True, slots=True)
class Form:
    """``suffix`` is for files; ``turn`` writes one turn of a file at once, ``whole`` all turns at its end.

    Times are in milliseconds from the start of the file; ``whole`` is also told where its sound ends.
    """

    suffix: str
    turn: Callable[[str, Transcript], str] | None = None
    whole: Callable[[Sequence[Transcript], int], str] | None = None

    def of_turn(self, file: str, turn: Transcript) -> str:
        """What to write when a turn is finished; ``""`` for nothing."""
        return "" if self.turn is None else self.turn(file, turn)

    def of_file(self, turns: Sequence[Transcript], end_ms: int) -> str:
        """What to write when a file is done; ``""`` for nothing."""
        return "" if self.whole is None else self.whole(turns, end_ms)


def in_file(turn: Transcript, start_ms: int) -> Transcript:
    """The turn in the time of a file that begins at ``start_ms`` of the session's sound."""

    def shifted(time: int | None) -> int | None:
        return None if time is None else max(0, time - start_ms)

    return replace(turn, start_ms=shifted(turn.start_ms), end_ms=shifted(turn.end_ms))


def one_line(text: str) -> str:
    """Text without line breaks, and without characters that would steer a terminal."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _line(file: str, turn: Transcript) -> str:
    text = one_line(turn.text)
    return f"{text}\n" if text else ""


def _named_line(file: str, turn: Transcript) -> str:
    text = one_line(turn.text)
    return f"{file}: {text}\n" if text else ""


def _json(file: str, turn: Transcript) -> str:
    record: dict[str, Any] = {
        "file": file,
        "item_id": turn.item_id,
        "status": turn.status,
        "start_ms": turn.start_ms,
        "end_ms": turn.end_ms,
        "text": turn.text,
    }
    for name in ("error", "usage", "logprobs"):
        if (value := getattr(turn, name)) is not None:
            record[name] = value
    return json.dumps(record, ensure_ascii=False) + "\n"


def _srt(turns: Sequence[Transcript], end_ms: int) -> str:
    return srt(cues(turns, end_ms=end_ms))


def _vtt(turns: Sequence[Transcript], end_ms: int) -> str:
    return vtt(cues(turns, end_ms=end_ms))


FORMS: Mapping[str, Form] = {
    "text": Form(".txt", turn=_line),
    "named": Form(".txt", turn=_named_line),
    "json": Form(".jsonl", turn=_json),
    "srt": Form(".srt", whole=_srt),
    "vtt": Form(".vtt", whole=_vtt),
}
"""``named`` is ``text`` with the name of the file before each line, for several files in one output."""

"""The silence that lets the server hear the end of the last turn.

May live here: how much of it follows a source when its caller does not say. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_MARGIN = 0.5
"""The server counts from the last window that it takes for speech, in steps of 32 ms (observed-verbatim)."""

_SERVER_VAD = 0.5
"""``silence_duration_ms`` where the session does not say (documented; 200 ms was observed-verbatim)."""

_SEMANTIC_VAD: Mapping[object, float] = {"low": 8.0, "high": 2.0}
_SEMANTIC_VAD_ELSE = 4.0
"""The longest waits of semantic_vad, by eagerness (documented); ``auto`` is ``medium``."""

_TO_ARRIVE = 0.2
"""In a live call a commit goes another way than the sound, past what waits in the receiver's jitter buffer
(inferred); so long it waits for the last word to arrive."""


def silence_after(session: Mapping[str, Any], *, live: bool, commit: bool) -> float:
    """Seconds of silence to send after a source.

    ``session`` is the configuration as the server has it, ``live`` whether silence flows by itself. Turn
    detection hears the end of a turn in the silence after it; a commit says it.
    """
    if commit:
        return _TO_ARRIVE if live else 0.0
    return 0.0 if live else _until_turn_ends(session)


def _until_turn_ends(session: Mapping[str, Any]) -> float:
    vad: Any = session
    for name in ("audio", "input", "turn_detection"):
        vad = vad.get(name) if isinstance(vad, Mapping) else None
    if not isinstance(vad, Mapping):
        return 0.0
    if vad.get("type") == "semantic_vad":
        return _SEMANTIC_VAD.get(str(vad.get("eagerness")), _SEMANTIC_VAD_ELSE) + _MARGIN
    wait = vad.get("silence_duration_ms")
    if not isinstance(wait, int | float) or not 0 <= wait <= 60_000:
        return _SERVER_VAD + _MARGIN
    return wait / 1000 + _MARGIN

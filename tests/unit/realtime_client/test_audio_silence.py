"""How much silence follows a source: enough for the server to hear the end of the turn, and no more."""

from __future__ import annotations

from typing import Any

import pytest

from realtime_client.audio.silence import silence_after


def session(vad: Any) -> dict[str, Any]:
    """A configuration as session.created has it."""
    return {"type": "transcription", "audio": {"input": {"turn_detection": vad}}}


@pytest.mark.parametrize(
    ("config", "seconds"),
    [
        (session({"type": "server_vad", "silence_duration_ms": 200}), 0.7),
        (session({"type": "server_vad", "silence_duration_ms": 2000}), 2.5),
        (session({"type": "server_vad"}), 1.0),
        (session({"type": "server_vad", "silence_duration_ms": "soon"}), 1.0),
        (session({"type": "semantic_vad", "eagerness": "low"}), 8.5),
        (session({"type": "semantic_vad", "eagerness": "auto"}), 4.5),
        (session({"type": "semantic_vad", "eagerness": "high"}), 2.5),
        (session(None), 0.0),
        ({"audio": "surprise"}, 0.0),
        ({}, 0.0),
    ],
)
def test_turn_detection_gets_its_silence(config: dict[str, Any], seconds: float) -> None:
    """Where none flows by itself it goes by the session's configuration, whatever shape that has."""
    assert silence_after(config, live=False, commit=False) == seconds


@pytest.mark.parametrize(
    ("live", "commit", "seconds"), [(True, False, 0), (True, True, 0.2), (False, True, 0)]
)
def test_where_none_is_needed(live: bool, commit: bool, seconds: float) -> None:
    """A call is silent by itself, and a commit needs no silence; in a call it must not overtake the sound."""
    config = session({"type": "server_vad", "silence_duration_ms": 500})
    assert silence_after(config, live=live, commit=commit) == seconds

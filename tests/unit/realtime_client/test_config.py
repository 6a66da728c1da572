"""Configuration to JSON: what is absent, what is null."""

from __future__ import annotations

from typing import Any

import pytest

from realtime_client import DEFAULT, ClientSecret, ServerVad, TranscriptionSession

MODEL = "gpt-4o-mini-transcribe"


@pytest.mark.parametrize(
    ("settings", "audio_input"),
    [
        ({}, {"transcription": {"model": MODEL}}),
        (
            {"language": "en", "prompt": "names"},
            {"transcription": {"model": MODEL, "language": "en", "prompt": "names"}},
        ),
        ({"turn_detection": None}, {"transcription": {"model": MODEL}, "turn_detection": None}),
        (
            {"turn_detection": ServerVad()},
            {"transcription": {"model": MODEL}, "turn_detection": {"type": "server_vad"}},
        ),
        (
            {"turn_detection": ServerVad(threshold=0.0, silence_duration_ms=500)},
            {
                "transcription": {"model": MODEL},
                "turn_detection": {"type": "server_vad", "threshold": 0.0, "silence_duration_ms": 500},
            },
        ),
        ({"noise_reduction": None}, {"transcription": {"model": MODEL}, "noise_reduction": None}),
        (
            {"noise_reduction": "far_field"},
            {"transcription": {"model": MODEL}, "noise_reduction": {"type": "far_field"}},
        ),
        ({"turn_detection": DEFAULT, "noise_reduction": DEFAULT}, {"transcription": {"model": MODEL}}),
    ],
)
def test_absent_and_null_differ(settings: dict[str, Any], audio_input: dict[str, Any]) -> None:
    """What is left alone is not sent; None is sent as null."""
    assert TranscriptionSession(MODEL, **settings).to_json() == {
        "type": "transcription",
        "audio": {"input": audio_input},
    }


def test_include_is_sent_when_given() -> None:
    """Extra fields are asked for at the session's top level."""
    wanted = ("item.input_audio_transcription.logprobs",)
    assert TranscriptionSession(MODEL, include=wanted).to_json()["include"] == list(wanted)


def test_a_secret_hides_its_value() -> None:
    """A log line with a client secret in it gives nothing away."""
    assert repr(ClientSecret("ek_0000", 2_000_000_000)) == "ClientSecret(expires_at=2000000000)"

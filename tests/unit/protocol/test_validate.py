"""The validator says what the live API was seen to say, and of two problems always the same one."""

from __future__ import annotations

from typing import Any

import pytest

from client_bodies import BETA_REFERENCE, TOOL, beta, create, ga, heard, update
from realtime_mock.protocol.validate import Violation, ViolationKind, kind_of, validate


def said(violation: Violation | None) -> tuple[str, str, str] | None:
    """What the client sees of a violation."""
    return violation and (violation.code, violation.message, violation.param)


SEEN: dict[str, tuple[tuple[str, dict[str, Any]], str, str, str]] = {
    "session fields at the top of a mint (2025-08-28)": (
        ("ga.mint", {"type": "realtime", "model": "gpt-realtime"}),
        "unknown_parameter",
        "type",
        "Unknown parameter: 'type'.",
    ),
    "a beta format in a GA mint (2025-09-03)": (
        (
            "ga.mint",
            {
                "expires_after": {"anchor": "created_at", "seconds": 10},
                "session": {"type": "realtime", "audio": {"input": {"format": "pcm16"}}},
            },
        ),
        "invalid_type",
        "session.audio.input.format",
        "Invalid type for 'session.audio.input.format': expected an object, but got a string instead.",
    ),
    "client_secret.expires_at at /sessions (2025-06)": (
        ("beta.mint.realtime", {"client_secret": {"expires_at": {"anchor": "created_at", "seconds": 60}}}),
        "unknown_parameter",
        "client_secret.expires_at",
        "Unknown parameter: 'client_secret.expires_at'.",
    ),
    "client_secret.expires_at at /transcription_sessions (2025-06)": (
        (
            "beta.mint.transcription",
            {"client_secret": {"expires_at": {"anchor": "created_at", "seconds": 60}}},
        ),
        "unknown_parameter",
        "client_secret.expires_at",
        "Unknown parameter: 'client_secret.expires_at'.",
    ),
    "a beta name in a GA mint": (
        ("ga.mint", {"session": {"type": "realtime", "max_response_output_tokens": 100}}),
        "unknown_parameter",
        "session.max_response_output_tokens",
        "Unknown parameter: 'session.max_response_output_tokens'.",
    ),
    "a temperature as a string at /sessions": (
        ("beta.mint.realtime", {"temperature": "0.800000011920928955078125"}),
        "invalid_type",
        "temperature",
        "Invalid type for 'temperature': expected a decimal, but got a string instead.",
    ),
    "an unknown nested key (2024-10-04)": (
        beta(input_audio_transcription={"enabled": True, "model": "whisper-1"}),
        "unknown_parameter",
        "session.input_audio_transcription.enabled",
        "Unknown parameter: 'session.input_audio_transcription.enabled'.",
    ),
    "an unknown key (2026-09-18)": (
        ga(bogus_field=1),
        "unknown_parameter",
        "session.bogus_field",
        "Unknown parameter: 'session.bogus_field'.",
    ),
    "a beta update on GA": (
        ("ga.client.session.update", update(BETA_REFERENCE)),
        "missing_required_parameter",
        "session.type",
        "Missing required parameter: 'session.type'.",
    ),
    "a GA update on beta (2025-10-06)": (
        beta(type="realtime", output_modalities=["audio"]),
        "unknown_parameter",
        "session.type",
        "Unknown parameter: 'session.type'.",
    ),
    "a flat turn_detection on GA (2026-05-16)": (
        ga(turn_detection={"type": "server_vad"}),
        "unknown_parameter",
        "session.turn_detection",
        "Unknown parameter: 'session.turn_detection'.",
    ),
    "a misplaced noise reduction on GA": (
        heard(input_audio_noise_reduction={"type": "near_field"}),
        "unknown_parameter",
        "session.audio.input.input_audio_noise_reduction",
        "Unknown parameter: 'session.audio.input.input_audio_noise_reduction'.",
    ),
    "a transcription without a model": (
        heard(transcription={"language": "en"}),
        "missing_required_parameter",
        "session.audio.input.transcription.model",
        "Missing required parameter: 'session.audio.input.transcription.model'.",
    ),
    "a transcription without a model, beta": (
        beta(input_audio_transcription={"language": "en"}),
        "missing_required_parameter",
        "session.input_audio_transcription.model",
        "Missing required parameter: 'session.input_audio_transcription.model'.",
    ),
    "an output format without a rate": (
        ga(audio={"output": {"format": {"type": "audio/pcm"}}}),
        "missing_required_parameter",
        "session.audio.output.format.rate",
        "Missing required parameter: 'session.audio.output.format.rate'.",
    ),
    "a rate below 24000 (2026-09-18)": (
        heard(format={"type": "audio/pcm", "rate": 16000}),
        "integer_below_min_value",
        "session.audio.input.format.rate",
        "Invalid 'session.audio.input.format.rate': integer below minimum value. "
        "Expected a value >= 24000, but got 16000 instead.",
    ),
    "a voice of another product": (
        ga(audio={"output": {"voice": "breeze"}}),
        "invalid_value",
        "session.audio.output.voice",
        "Invalid value: 'breeze'. Supported values are: 'alloy', 'ash', 'ballad', 'coral', 'echo', 'sage', "
        "'shimmer', 'verse', 'marin', and 'cedar'.",
    ),
    "both modalities on GA": (
        ga(output_modalities=["audio", "text"]),
        "invalid_value",
        "session.output_modalities",
        "Invalid modalities: ['audio', 'text']. Supported combinations are: ['text'] and ['audio'].",
    ),
    "audio alone on beta (2025-09-25)": (
        beta(modalities=["audio"]),
        "invalid_value",
        "session.modalities",
        "Invalid modalities: ['audio']. Supported combinations are: ['text'] and ['audio', 'text'].",
    ),
    "a tool's description of 2473 characters (2025-01-21)": (
        beta(tools=[TOOL, TOOL, TOOL, {**TOOL, "description": "x" * 2473}]),
        "string_above_max_length",
        "session.tools[3].description",
        "Invalid 'session.tools[3].description': string too long. "
        "Expected a string with maximum length 1024, but got a string with length 2473 instead.",
    ),
    "an item id of 39 characters (2026-08-21)": (
        create("ga", id="v" * 39, type="message", role="user", content=[]),
        "string_above_max_length",
        "item.id",
        "Invalid 'item.id': string too long. "
        "Expected a string with maximum length 32, but got a string with length 39 instead.",
    ),
    "an output_audio part without text (2026-02-13)": (
        create(
            "ga", type="message", role="assistant", content=[{"type": "output_audio", "transcript": "Hi"}]
        ),
        "missing_required_parameter",
        "item.content[0].text",
        "Missing required parameter: 'item.content[0].text'.",
    ),
    "an assistant's input_text on beta": (
        create("beta", type="message", role="assistant", content=[{"type": "input_text", "text": "Hi"}]),
        "invalid_value",
        "item.content[0].type",
        "Invalid value: 'input_text'. Value must be 'text'.",
    ),
    "a call_id with a slash (2026-05-05)": (
        create("ga", type="function_call_output", call_id="call/1", output="{}"),
        "invalid_value",
        "item.call_id",
        "Invalid 'item.call_id': string does not match pattern. "
        "Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.",
    ),
}


@pytest.mark.parametrize(("sent", "code", "param", "message"), SEEN.values(), ids=SEEN.keys())
def test_what_was_seen(sent: tuple[str, dict[str, Any]], code: str, param: str, message: str) -> None:
    """A request that somebody sent to the live API is refused as the live API refused it."""
    assert said(validate(*sent)) == (code, message, param)


ORDER: dict[str, tuple[tuple[str, dict[str, Any]], ViolationKind, str]] = {
    "the tag before an unknown key": (
        ("ga.client.session.update", update({"bogus": 1})),
        ViolationKind.MISSING_REQUIRED_PARAMETER,
        "session.type",
    ),
    "a missing key before an unknown one": (
        heard(transcription={"bogus": 1}),
        ViolationKind.MISSING_REQUIRED_PARAMETER,
        "session.audio.input.transcription.model",
    ),
    "an unknown key before a wrong type": (
        ga(instructions=7, bogus=1),
        ViolationKind.UNKNOWN_PARAMETER,
        "session.bogus",
    ),
    "the first of two unknown keys": (ga(zebra=1, ant=1), ViolationKind.UNKNOWN_PARAMETER, "session.zebra"),
    "the order of the schema among values": (
        ga(tools=7, instructions=7),
        ViolationKind.INVALID_TYPE,
        "session.instructions",
    ),
    "the first of two items": (
        ga(tools=[{**TOOL, "name": 1}, 7]),
        ViolationKind.INVALID_TYPE,
        "session.tools[0].name",
    ),
}


@pytest.mark.parametrize(("sent", "kind", "param"), ORDER.values(), ids=ORDER.keys())
def test_the_order_of_the_checks(sent: tuple[str, dict[str, Any]], kind: ViolationKind, param: str) -> None:
    """Of two things that are wrong, the same one is always reported."""
    violation = validate(*sent)
    assert violation is not None
    assert (violation.kind, violation.param) == (kind, param)


def test_null_is_not_absent() -> None:
    """``turn_detection: null`` is a value, ``threshold: null`` is a wrong one, an absent key is neither."""
    assert validate(*heard(turn_detection=None)) is None
    assert said(validate(*heard(turn_detection={"type": "server_vad", "threshold": None}))) == (
        "invalid_type",
        "Invalid type for 'session.audio.input.turn_detection.threshold': "
        "expected a decimal, but got null instead.",
        "session.audio.input.turn_detection.threshold",
    )


def test_the_path_of_a_part() -> None:
    """A session that stands in a form is reported under the form's name for it."""
    violation = validate("ga.session.realtime", {"type": "realtime", "bogus": 1}, "session")
    assert said(violation) == ("unknown_parameter", "Unknown parameter: 'session.bogus'.", "session.bogus")


def test_kinds_without_a_code_of_their_own() -> None:
    """Five kinds share OpenAI's ``invalid_value``; every other kind is named as its code."""
    shared = {kind.value for kind in ViolationKind if kind.code != kind.value}
    assert shared == {
        *("single_value", "unsupported_combination", "pattern_mismatch"),
        *("hint_not_supported", "turn_detection_not_supported"),
    }
    assert {ViolationKind(name).code for name in shared} == {"invalid_value"}


def test_a_value_that_json_has_not() -> None:
    """Bytes are a mistake of the caller's, not of the client's."""
    with pytest.raises(TypeError, match="bytes is no JSON value"):
        kind_of(b"")

"""What nobody quoted for Realtime: the messages of the platform's other endpoints, and our own deductions."""

from __future__ import annotations

from typing import Any

import pytest

from client_bodies import TOOL, create, ga, heard, update
from realtime_mock.protocol.validate import validate

INFERRED: dict[str, tuple[tuple[str, dict[str, Any]], str, str]] = {
    "a key that lives too short": (
        ("ga.mint", {"expires_after": {"anchor": "created_at", "seconds": 5}}),
        "integer_below_min_value",
        "Invalid 'expires_after.seconds': integer below minimum value. "
        "Expected a value >= 10, but got 5 instead.",
    ),
    "a key that lives too long": (
        ("ga.mint", {"expires_after": {"anchor": "created_at", "seconds": 7201}}),
        "integer_above_max_value",
        "Invalid 'expires_after.seconds': integer above maximum value. "
        "Expected a value <= 7200, but got 7201 instead.",
    ),
    "a bare number for expires_after": (
        ("ga.mint", {"expires_after": 600}),
        "invalid_type",
        "Invalid type for 'expires_after': expected an object, but got an integer instead.",
    ),
    "a turn detection without a type": (
        heard(turn_detection={"threshold": 0.5}),
        "missing_required_parameter",
        "Missing required parameter: 'session.audio.input.turn_detection.type'.",
    ),
    "a threshold of 9": (
        heard(turn_detection={"type": "server_vad", "threshold": 9}),
        "decimal_above_max_value",
        "Invalid 'session.audio.input.turn_detection.threshold': decimal above maximum value. "
        "Expected a value <= 1, but got 9 instead.",
    ),
    "a speed of 0.1": (
        ga(audio={"output": {"speed": 0.1}}),
        "decimal_below_min_value",
        "Invalid 'session.audio.output.speed': decimal below minimum value. "
        "Expected a value >= 0.25, but got 0.1 instead.",
    ),
    "a fraction for an integer": (
        heard(turn_detection={"type": "server_vad", "silence_duration_ms": 200.5}),
        "invalid_type",
        "Invalid type for 'session.audio.input.turn_detection.silence_duration_ms': "
        "expected an integer, but got a decimal number instead.",
    ),
    "true for an integer": (
        heard(turn_detection={"type": "server_vad", "silence_duration_ms": True}),
        "invalid_type",
        "Invalid type for 'session.audio.input.turn_detection.silence_duration_ms': "
        "expected an integer, but got a boolean instead.",
    ),
    "a number for a boolean": (
        heard(turn_detection={"type": "server_vad", "create_response": 1}),
        "invalid_type",
        "Invalid type for 'session.audio.input.turn_detection.create_response': "
        "expected a boolean, but got an integer instead.",
    ),
    "null for a decimal": (
        ga(audio={"output": {"speed": None}}),
        "invalid_type",
        "Invalid type for 'session.audio.output.speed': expected a decimal, but got null instead.",
    ),
    "an array for one of some words": (
        heard(turn_detection={"type": "semantic_vad", "eagerness": []}),
        "invalid_type",
        "Invalid type for 'session.audio.input.turn_detection.eagerness': "
        "expected one of 'low', 'medium', 'high', or 'auto', but got an array instead.",
    ),
    "a number for two words": (
        heard(noise_reduction={"type": 1}),
        "invalid_type",
        "Invalid type for 'session.audio.input.noise_reduction.type': "
        "expected one of 'near_field' or 'far_field', but got an integer instead.",
    ),
    "an object for an array of objects": (
        ga(tools=TOOL),
        "invalid_type",
        "Invalid type for 'session.tools': expected an array of objects, but got an object instead.",
    ),
    "a string for an array of strings": (
        heard(transcription={"model": "gpt-live-transcribe", "languages": "ja"}),
        "invalid_type",
        "Invalid type for 'session.audio.input.transcription.languages': "
        "expected an array of strings, but got a string instead.",
    ),
    "a number for a tool choice": (
        ga(tool_choice=7),
        "invalid_type",
        "Invalid type for 'session.tool_choice': "
        "expected one of one of 'none', 'auto', or 'required' or object, but got an integer instead.",
    ),
    "a boolean for a number of tokens": (
        ga(max_output_tokens=True),
        "invalid_type",
        "Invalid type for 'session.max_output_tokens': "
        "expected one of an integer or 'inf', but got a boolean instead.",
    ),
    "too many tools": (
        ga(tools=[TOOL] * 129),
        "array_above_max_length",
        "Invalid 'session.tools': array too long. "
        "Expected an array with maximum length 128, but got an array with length 129 instead.",
    ),
    "a key inside the second tool": (
        ga(tools=[TOOL, {**TOOL, "meta": {}}]),
        "unknown_parameter",
        "Unknown parameter: 'session.tools[1].meta'.",
    ),
    "an item of no known type": (
        create("ga", type="telegram"),
        "invalid_value",
        "Invalid value: 'telegram'. Supported values are: 'message', 'function_call', "
        "'function_call_output', "
        "'mcp_approval_response', 'mcp_list_tools', 'mcp_call', and 'mcp_approval_request'.",
    ),
    "a role of no known kind": (
        create("ga", type="message", role="alien", content=[]),
        "invalid_value",
        "Invalid value: 'alien'. Supported values are: 'system', 'user', and 'assistant'.",
    ),
    "a session of no known kind": (
        ("ga.client.session.update", update({"type": "telepathy"})),
        "invalid_value",
        "Invalid value: 'telepathy'. Supported values are: 'realtime' and 'transcription'.",
    ),
    "metadata with 17 keys": (
        (
            "ga.client.response.create",
            {"type": "response.create", "response": {"metadata": {f"k{n}": "" for n in range(17)}}},
        ),
        "object_above_max_properties",
        "Invalid 'response.metadata': too many properties. "
        "Expected an object with at most 16 properties, but got an object with 17 properties instead.",
    ),
    "metadata with a long key": (
        ("ga.client.response.create", {"type": "response.create", "response": {"metadata": {"k" * 70: "v"}}}),
        "property_name_above_max_length",
        "Invalid property name in 'response.metadata': 'kkk...kkk' is too long. "
        "Expected a string with maximum length 64, but got a string with length 70 instead.",
    ),
    "metadata with a number": (
        ("beta.client.response.create", {"type": "response.create", "response": {"metadata": {"k": 7}}}),
        "invalid_type",
        "Invalid type for 'response.metadata.k': expected a string, but got an integer instead.",
    ),
    "an append without audio": (
        ("ga.client.input_audio_buffer.append", {"type": "input_audio_buffer.append"}),
        "missing_required_parameter",
        "Missing required parameter: 'audio'.",
    ),
}


@pytest.mark.parametrize(("sent", "code", "message"), INFERRED.values(), ids=INFERRED.keys())
def test_what_the_platform_would_say(sent: tuple[str, dict[str, Any]], code: str, message: str) -> None:
    """What nobody quoted for Realtime is said as the platform says it elsewhere."""
    violation = validate(*sent)
    assert violation is not None
    assert (violation.code, violation.message) == (code, message)

"""Minting over HTTP: the bodies, the keys, their lives, in each era."""

from __future__ import annotations

import re
from typing import Any

import pytest

from conftest import Serve
from realtime_mock.runtime.clock import EPOCH, ManualClock

INSTRUCTIONS = "instructions"
SERVER_VAD = {"type": "server_vad", "threshold": 0.5, "prefix_padding_ms": 300, "silence_duration_ms": 200}
TURNS = {"create_response": True, "interrupt_response": True}
PCM = {"type": "audio/pcm", "rate": 24000}


def _without_chance(body: dict[str, Any]) -> dict[str, Any]:
    """The body with what changes from mint to mint taken out, after a look at its form."""
    session = body.get("session", body)
    assert re.fullmatch(r"sess_[0-9A-Za-z]{21}", session.pop("id"))
    secret = body if "value" in body else body["client_secret"]
    assert re.fullmatch(r"ek_[0-9a-f]{12}8191[0-9a-f]{16}", secret.pop("value"))
    if INSTRUCTIONS in session:
        assert session.pop(INSTRUCTIONS)
    return body


async def test_a_ga_mint_with_an_empty_body(serve: Serve) -> None:
    """Every default of a conversation (the keys and values of OpenAI's own example)."""
    server = await serve(era="ga", clock=ManualClock())
    response = await server.post("/v1/realtime/client_secrets")
    assert response.status == 200
    assert _without_chance(await response.json()) == {
        "expires_at": EPOCH // 1000 + 600,
        "session": {
            "type": "realtime",
            "object": "realtime.session",
            "model": "gpt-realtime",
            "output_modalities": ["audio"],
            "tools": [],
            "tool_choice": "auto",
            "max_output_tokens": "inf",
            "tracing": None,
            "truncation": "auto",
            "prompt": None,
            "expires_at": 0,
            "audio": {
                "input": {
                    "format": PCM,
                    "transcription": None,
                    "noise_reduction": None,
                    "turn_detection": {**SERVER_VAD, "idle_timeout_ms": None, **TURNS},
                },
                "output": {"format": PCM, "voice": "alloy", "speed": 1.0},
            },
            "include": None,
        },
    }


async def test_a_ga_transcription_mint(serve: Serve) -> None:
    """The session as asked for, with what was left out filled in; a life of its own choice."""
    server = await serve(era="ga", clock=ManualClock())
    body = {
        "expires_after": {"anchor": "created_at", "seconds": 7200},
        "session": {
            "type": "transcription",
            "audio": {"input": {"transcription": {"model": "gpt-4o-mini-transcribe"}}},
        },
    }
    response = await server.post("/v1/realtime/client_secrets", json=body)
    assert _without_chance(await response.json()) == {
        "expires_at": EPOCH // 1000 + 7200,
        "session": {
            "type": "transcription",
            "object": "realtime.transcription_session",
            "audio": {
                "input": {
                    "format": PCM,
                    "transcription": {"model": "gpt-4o-mini-transcribe", "language": None, "prompt": None},
                    "noise_reduction": None,
                    "turn_detection": SERVER_VAD,
                }
            },
            "include": None,
        },
    }


async def test_a_live_model_is_minted_with_the_default_turn_detection(serve: Serve) -> None:
    """No word of turn detection: the mint passes and shows server VAD (as captured, 2026-05-11)."""
    server = await serve(era="ga")
    given = {"transcription": {"model": "gpt-realtime-whisper", "delay": "low"}}
    body = {"session": {"type": "transcription", "audio": {"input": given}}}
    response = await server.post("/v1/realtime/client_secrets", json=body)
    shown = (await response.json())["session"]["audio"]["input"]
    assert (shown["turn_detection"], shown["transcription"]) == (
        SERVER_VAD,
        {"model": "gpt-realtime-whisper", "language": None, "prompt": None},
    )


async def test_a_live_model_is_not_minted_with_a_turn_detection_of_its_own(serve: Serve) -> None:
    """Asked for, it is refused (as quoted: message, type, param and code)."""
    server = await serve(era="ga")
    given = {"transcription": {"model": "gpt-live-transcribe"}, "turn_detection": {"type": "semantic_vad"}}
    body = {"session": {"type": "transcription", "audio": {"input": given}}}
    response = await server.post("/v1/realtime/client_secrets", json=body)
    assert (response.status, await response.json()) == (
        400,
        {
            "error": {
                "message": "Turn detection is not supported for this transcription model.",
                "type": "invalid_request_error",
                "param": "session.audio.input.turn_detection",
                "code": "invalid_value",
            }
        },
    )


async def test_a_beta_mint_refuses_a_hint_by_its_flat_path(serve: Serve) -> None:
    """The session stands at the top of a beta body, and so does the param (inferred)."""
    server = await serve(era="transition")
    body = {"input_audio_transcription": {"model": "gpt-realtime-whisper", "prompt": "x"}}
    error = (await (await server.post("/v1/realtime/transcription_sessions", json=body)).json())["error"]
    assert (error["code"], error["param"]) == ("invalid_value", "input_audio_transcription.prompt")


@pytest.mark.parametrize(("era", "ttl_s"), [("beta", 60), ("transition", 600)])
async def test_a_beta_transcription_mint(serve: Serve, era: str, ttl_s: int) -> None:
    """The secret stands inside the session; its life is that of the era; the surface is marked as retired."""
    server = await serve(era=era, clock=ManualClock())
    response = await server.post("/v1/realtime/transcription_sessions")
    assert response.headers["x-realtime-mock-notice"] == "retired 2026-05-12"
    assert _without_chance(await response.json()) == {
        "object": "realtime.transcription_session",
        "expires_at": 0,
        "modalities": ["audio", "text"],
        "turn_detection": SERVER_VAD,
        "input_audio_format": "pcm16",
        "input_audio_noise_reduction": None,
        "input_audio_transcription": {"model": "gpt-4o-transcribe", "language": None, "prompt": ""},
        "client_secret": {"expires_at": EPOCH // 1000 + ttl_s},
        "include": None,
    }


async def test_a_beta_conversation_mint(serve: Serve) -> None:
    """Every default of a beta conversation."""
    server = await serve(era="transition", clock=ManualClock())
    response = await server.post("/v1/realtime/sessions", json={"model": "gpt-4o-mini-realtime-preview"})
    assert _without_chance(await response.json()) == {
        "object": "realtime.session",
        "expires_at": 0,
        "input_audio_noise_reduction": None,
        "turn_detection": {**SERVER_VAD, **TURNS},
        "input_audio_format": "pcm16",
        "input_audio_transcription": None,
        "client_secret": {"expires_at": EPOCH // 1000 + 600},
        "include": None,
        "model": "gpt-4o-mini-realtime-preview",
        "modalities": ["text", "audio"],
        "voice": "alloy",
        "output_audio_format": "pcm16",
        "tool_choice": "auto",
        "temperature": 0.8,
        "max_response_output_tokens": "inf",
        "speed": 1,
        "tools": [],
    }


@pytest.mark.parametrize("origin", ["sessions", "transcription_sessions"])
async def test_the_beta_mints_are_refused_today(serve: Serve, origin: str) -> None:
    """beta_api_shape_disabled, with a null param (as quoted)."""
    server = await serve(era="ga")
    response = await server.post(f"/v1/realtime/{origin}", json={})
    assert (response.status, await response.json()) == (
        400,
        {
            "error": {
                "message": "The Realtime Beta API is no longer supported. Please use /v1/realtime for the GA API.",
                "type": "invalid_request_error",
                "param": None,
                "code": "beta_api_shape_disabled",
            }
        },
    )


async def test_the_ga_mint_is_absent_in_the_beta_era(serve: Serve) -> None:
    """404 (inferred)."""
    server = await serve(era="beta")
    response = await server.post("/v1/realtime/client_secrets", json={})
    assert (response.status, response.headers["x-realtime-mock-error"]) == (
        404,
        "route.absent_in_era; confidence=inferred",
    )


async def test_session_fields_at_the_top_are_unknown(serve: Serve) -> None:
    """The launch day's most common mistake, byte for byte as it was quoted."""
    server = await serve(era="ga")
    response = await server.post("/v1/realtime/client_secrets", json={"type": "realtime"})
    assert await response.json() == {
        "error": {
            "message": "Unknown parameter: 'type'.",
            "type": "invalid_request_error",
            "param": "type",
            "code": "unknown_parameter",
        }
    }


async def test_the_model_is_not_checked_at_the_mint(serve: Serve) -> None:
    """A model that does not exist is minted for; it shows at connect (observed, 2026-09-10)."""
    server = await serve(era="ga")
    body = {"session": {"type": "realtime", "model": "gpt-live-1"}}
    assert (await server.post("/v1/realtime/client_secrets", json=body)).status == 200


async def test_two_slashes_are_tolerated(serve: Serve) -> None:
    """Some clients join base and path carelessly."""
    server = await serve()
    assert (await server.post("/v1//realtime/client_secrets")).status == 200


async def test_the_same_seed_mints_the_same_keys(serve: Serve) -> None:
    """With clocks that agree."""
    first, second = await serve(clock=ManualClock()), await serve(clock=ManualClock())
    assert await first.mint("client_secrets") == await second.mint("client_secrets")

"""The forum thread in a real browser: the failing call, the working ones, and the documentation's today."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.async_api import Page

from conftest import Serve, Server

HELLO = "Hello"


async def _connect(page: Page, server: Server, path: str, key: str) -> dict[str, Any]:
    """Run the page's connect() against ``path`` of the server."""
    result: dict[str, Any] = await page.evaluate(
        "request => connect(request)", {"url": f"{server.url}{path}", "key": key}
    )
    return result


async def test_the_failing_call(serve: Serve, page: Page) -> None:
    """A transcription key with ?model=: four empty strings, and a header that the page can read."""
    server = await serve()
    key = await server.mint("transcription_sessions")
    got = await _connect(page, server, "/v1/realtime?model=gpt-4o-mini-transcribe", key)
    assert got["status"] == 400
    assert json.loads(got["body"]) == {"error": {"message": "", "type": "", "code": "", "param": ""}}
    assert got["error"] == "sdp.transcription_key_with_model; confidence=observed-verbatim"
    assert got["notice"] == "retired 2026-05-12"
    assert got["requestId"].startswith("req_")


@pytest.mark.parametrize(
    ("origin", "body", "path"),
    [
        ("transcription_sessions", {}, "/v1/realtime"),
        (
            "client_secrets",
            {
                "session": {
                    "type": "transcription",
                    "audio": {"input": {"transcription": {"model": "gpt-4o-mini-transcribe"}}},
                }
            },
            "/v1/realtime/calls",
        ),
    ],
    ids=["the thread's, without ?model=", "the documentation's, GA"],
)
async def test_a_working_call(serve: Serve, page: Page, origin: str, body: dict[str, Any], path: str) -> None:
    """The channel opens, the fake microphone is heard, and its transcript completes."""
    server = await serve()
    key = await server.mint(origin, body)
    got = await _connect(page, server, path, key)
    assert got["status"] == 201, got
    assert got["location"].startswith("/v1/realtime/calls/rtc_")
    heard = await page.evaluate("() => transcript()")
    assert heard["transcript"].startswith(HELLO)
    first = "transcription_session.created" if origin == "transcription_sessions" else "session.created"
    assert heard["types"][0] == first
    assert "input_audio_buffer.speech_stopped" in heard["types"]


async def test_a_conversation_key_with_a_transcription_model(serve: Serve, page: Page) -> None:
    """The thread's other working form: a key from /sessions, and ?model= in the URL."""
    server = await serve()
    key = await server.mint("sessions")
    got = await _connect(page, server, "/v1/realtime?model=gpt-4o-mini-transcribe", key)
    assert got["status"] == 201
    await page.evaluate("() => call.open")
    created = await page.evaluate("() => call.until('session.created')")
    assert created["session"]["object"] == "realtime.session"


async def test_closing_the_page_ends_the_call(serve: Serve, page: Page) -> None:
    """The server notices, and frees the call."""
    server = await serve()
    key = await server.mint("client_secrets")
    await _connect(page, server, "/v1/realtime/calls", key)
    await page.evaluate("() => call.open")
    (call,) = server.emulator.calls
    await page.evaluate("() => call.pc.close()")
    assert call.peer is not None
    await call.peer.wait_closed()
    assert server.emulator.calls == ()

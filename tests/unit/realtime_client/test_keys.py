"""Where keys come from, and where they never go."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

from realtime_client import (
    ClientSecret,
    ConfigurationError,
    PhaseTimeout,
    RealtimeClient,
    Timeouts,
    TranscriptionSession,
)
from realtime_client.keys import Key, KeySource
from realtime_client.redaction import without_keys

CONFIG = TranscriptionSession("gpt-4o-mini-transcribe")


async def test_an_api_key_may_be_fetched(server: Any) -> None:
    """A function in place of the API key is asked for every request that needs it."""
    asked = 0

    async def fetch() -> str:
        nonlocal asked
        asked += 1
        return f"sk-00000{asked}"

    async with RealtimeClient(fetch, base_url=server.url) as client:
        await client.mint(CONFIG)
        await client.mint(CONFIG)
    assert server.keys == ["Bearer sk-000001", "Bearer sk-000002"]


async def test_fetching_has_its_limit() -> None:
    """A function that never answers is a PhaseTimeout of the phase "key"."""

    async def never() -> str:
        await asyncio.Event().wait()
        return ""

    limits = Timeouts(key=0.1)
    async with RealtimeClient(base_url="http://127.0.0.1:1/v1", timeouts=limits) as client:
        with pytest.raises(PhaseTimeout, match=r"^key: not done after 0\.1 s"):
            async with client.connect(secret=never, transport="websocket"):
                pass


@pytest.mark.parametrize("given", ["", "\n", "ek_\r\n0", "schlüssel", 3, None])
async def test_what_cannot_be_a_key_is_refused(given: Any) -> None:
    """Also when a function gives it; the message does not show it."""
    with pytest.raises(ConfigurationError, match="key"):
        await KeySource.of(lambda: given).key(1.0)


async def test_a_secret_says_its_session() -> None:
    """The type of the session goes along, for explanations; the repr shows neither key nor secret."""
    secret = ClientSecret("ek_0000", session={"type": "transcription"})
    key = await KeySource.of(lambda: secret).key(None)
    assert key == Key("ek_0000", "transcription")
    assert "ek_0000" not in repr(key) + repr(KeySource.of("ek_0000")) + repr(secret)


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("Bearer sk-proj-000000000000", "Bearer <key>"),
        ("ek_00000000000000000000000000000000, twice", "<key>, twice"),
        ("Incorrect API key provided: sk-proj-***0000", "Incorrect API key provided: sk-proj-***0000"),
        ("risk-assessments and desk_0000000000", "risk-assessments and desk_0000000000"),
        ("the key is hunter2", "the key is <key>"),
    ],
)
def test_keys_are_taken_out(text: str, clean: str) -> None:
    """The given key, and whatever has the form of one; words that only look similar stay."""
    assert without_keys(text, "hunter2") == clean


async def test_the_log_is_quiet_and_holds_no_key(
    server: Any, client: RealtimeClient, caplog: pytest.LogCaptureFixture
) -> None:
    """A handler that does nothing is there from the start; an error that quotes a key is logged without it."""
    handlers = logging.getLogger("realtime_client").handlers
    assert any(isinstance(handler, logging.NullHandler) for handler in handlers)
    secret = "ek_00000000000000000000000000000000"
    with caplog.at_level(logging.DEBUG, logger="realtime_client"):
        async with asyncio.timeout(20), client.connect(secret=secret) as session:
            await server.say({"type": "error", "error": {"code": "x", "message": f"bad: {secret}"}})
            async for event in session:
                if event.type == "error":
                    break
    assert [record.getMessage() for record in caplog.records if record.name == "realtime_client"] == [
        "error event: x: bad: <key>"
    ]

"""The SDK against the mock over both transports: the same session, the same words, the same way to fail."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from conftest import API_KEY, Serve, Server
from realtime_client import (
    RealtimeClient,
    Reconnect,
    Reconnected,
    SessionRefused,
    TranscriptionSession,
    UnknownEvent,
    mint_handler,
)
from realtime_mock.scenario.library import fixtures

HELLO = fixtures("audio") / "hello.wav"
MINI = TranscriptionSession(model="gpt-4o-mini-transcribe")
MANUAL = TranscriptionSession(model="gpt-4o-mini-transcribe", turn_detection=None)
TRANSPORTS = ["webrtc", "websocket"]
PATIENCE_S = 30


@pytest.fixture
async def server(serve: Serve) -> Server:
    """Today's API."""
    return await serve(era="ga")


@pytest.fixture
async def client(server: Server) -> AsyncIterator[RealtimeClient]:
    """The SDK with only its base URL changed."""
    async with asyncio.timeout(PATIENCE_S), RealtimeClient(API_KEY, base_url=f"{server.url}/v1") as client:
        yield client


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize(
    ("with_secret", "manual"),
    [(True, False), (False, True)],
    ids=["client secret, server VAD", "API key, manual commit"],
)
async def test_the_same_words_over_both(
    client: RealtimeClient, transport: Any, with_secret: bool, manual: bool
) -> None:
    """One program, one scenario, one transcript, whatever carries it."""
    config = MANUAL if manual else MINI
    options: dict[str, Any] = {"secret": await client.mint(config)} if with_secret else {"session": config}
    async with client.connect(**options, transport=transport) as session:
        await session.stream(HELLO, commit=manual)
        await session.flush(settle=0.5)
        assert [turn.text for turn in session.turns] == ["Hello from realtime-mock."]


async def test_fast_is_the_same(client: RealtimeClient) -> None:
    """Sound that comes faster than it was spoken has the same transcript, and nothing is an unknown event."""
    async with client.connect(MINI, transport="websocket") as session:
        await session.stream(HELLO, pace="fast")
        await session.flush(settle=0.5)
        assert session.text == "Hello from realtime-mock."
        await session.close()
        assert [
            event for event in [event async for event in session] if isinstance(event, UnknownEvent)
        ] == []


async def test_a_refused_key_is_an_exception(client: RealtimeClient) -> None:
    """101, an error event, a close: one exception with code, close code and causes."""
    with pytest.raises(SessionRefused) as caught:
        async with client.connect(secret="ek_00000000000000000000000000000000", transport="websocket"):
            pass
    assert (caught.value.event.code, caught.value.close_code) == ("invalid_api_key", 3000)
    assert caught.value.explanation is not None
    assert caught.value.explanation.known == "key-refused"


async def test_a_refused_configuration_is_an_error_of_connecting(client: RealtimeClient) -> None:
    """What the server does not take in session.update fails the phase "session", with the server's words."""
    wrong = TranscriptionSession(MINI.model, noise_reduction="outer_space")  # type: ignore[arg-type]
    with pytest.raises(SessionRefused, match=r"^session: the server refuses: invalid_value") as caught:
        async with client.connect(wrong, transport="websocket"):
            pass
    assert caught.value.phase == "session"


async def test_browser_keys_work(client: RealtimeClient, aiohttp_client: Any) -> None:
    """A key from the mounted handler, fetched by the client's own function, starts a session."""
    app = web.Application()
    app.router.add_post("/key", mint_handler(client, session=MINI))
    http = await aiohttp_client(app)

    async def fetch() -> str:
        async with http.post("/key") as response:
            value: str = (await response.json())["value"]
            return value

    async with client.connect(secret=fetch, transport="websocket") as session:
        await session.stream(HELLO, pace="fast")
        await session.flush(settle=0.5)
        assert session.text == "Hello from realtime-mock."


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_a_broken_connection_loses_no_transcript(
    client: RealtimeClient, server: Server, transport: Any
) -> None:
    """One turn before the break and one after it stand in order in the one session object."""
    policy = Reconnect(first=0, jitter=0)
    async with client.connect(MINI, transport=transport, reconnect=policy) as session:
        await session.stream(HELLO)
        await session.flush(settle=0.5)
        await break_the_connection(session, server, transport)
        async for event in session:
            if isinstance(event, Reconnected):
                break
        await session.stream(HELLO)
        await session.flush(settle=0.5)
        assert [turn.status for turn in session.turns] == ["final", "final"]


async def break_the_connection(session: Any, server: Server, transport: str) -> None:
    """By a hangup over WebRTC, without a word over WebSocket."""
    if transport == "webrtc":
        await server.post(f"/v1/realtime/calls/{session.call_id}/hangup")
    else:
        wire = session._line._connection.transport._socket.get_extra_info("socket")
        wire.shutdown(socket.SHUT_RDWR)

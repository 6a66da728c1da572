"""The SDK against the mock: two strangers that share no code. Minting, connecting, speaking, reading, refusals."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from conftest import API_KEY, Serve, Server
from realtime_client import (
    ConnectionLost,
    MintError,
    RealtimeClient,
    SdpError,
    TranscriptionSession,
)
from realtime_mock.scenario.library import fixtures

HELLO = fixtures("audio") / "hello.wav"
MINI = TranscriptionSession(model="gpt-4o-mini-transcribe")
PATIENCE_S = 30


@pytest.fixture
async def server(serve: Serve) -> Server:
    """Today's API."""
    return await serve(era="ga")


@pytest.fixture
async def client(server: Server) -> AsyncIterator[RealtimeClient]:
    """The SDK with only its base URL changed."""
    async with RealtimeClient(API_KEY, base_url=f"{server.url}/v1") as client:
        yield client


@pytest.mark.parametrize("with_secret", [True, False], ids=["client secret", "API key"])
async def test_a_wav_becomes_its_transcript(client: RealtimeClient, with_secret: bool) -> None:
    """Over WebRTC, with an ephemeral key or with the API key and a form."""
    options = {"secret": await client.mint(MINI)} if with_secret else {"session": MINI}
    async with asyncio.timeout(PATIENCE_S), client.connect(**options) as session:
        await session.stream(HELLO)
        await session.flush()
        assert [turn.text for turn in session.turns] == ["Hello from realtime-mock."]
        assert session.call_id is not None


async def test_events_come_in_the_order_of_the_api(client: RealtimeClient) -> None:
    """The SDK reads the whole sequence without an unknown event."""
    async with asyncio.timeout(PATIENCE_S), client.connect(MINI) as session:
        streaming = asyncio.create_task(session.stream(HELLO))
        seen: list[str] = []
        async for event in session:
            seen.append(event.type)
            assert type(event).__name__ != "UnknownEvent", event
            if event.type.endswith("transcription.completed"):
                break
        await streaming
    assert list(dict.fromkeys(seen)) == [
        "session.created",
        "input_audio_buffer.speech_started",
        "input_audio_buffer.speech_stopped",
        "input_audio_buffer.committed",
        "conversation.item.added",
        "conversation.item.done",
        "conversation.item.input_audio_transcription.delta",
        "conversation.item.input_audio_transcription.completed",
    ]


async def test_manual_commit(client: RealtimeClient) -> None:
    """Without turn detection the SDK's commit ends the turn."""
    manual = TranscriptionSession(model="gpt-4o-mini-transcribe", turn_detection=None)
    async with asyncio.timeout(PATIENCE_S), client.connect(manual) as session:
        await session.stream(HELLO)
        await session.commit()
        await session.flush()
        assert session.text == "Hello from realtime-mock."


async def test_a_hangup_is_a_lost_connection(client: RealtimeClient, server: Server) -> None:
    """When the server ends the call the SDK says so, and nothing hangs."""
    async with asyncio.timeout(PATIENCE_S), client.connect(MINI) as session:
        await server.post(f"/v1/realtime/calls/{session.call_id}/hangup")
        with pytest.raises(ConnectionLost):
            async for _ in session:
                pass


async def test_closing_ends_the_call_on_the_server(client: RealtimeClient, server: Server) -> None:
    """The server is told, and frees the call."""
    async with asyncio.timeout(PATIENCE_S):
        async with client.connect(MINI):
            (call,) = server.emulator.calls
        assert call.peer is not None
        await call.peer.wait_closed()
    assert server.emulator.calls == ()


async def test_a_refused_mint_keeps_what_was_said(serve: Serve) -> None:
    """Status, body and request id are on the exception."""
    server = await serve(api_keys=("sk-the-only-one",))
    async with RealtimeClient("sk-another", base_url=f"{server.url}/v1") as client:
        with pytest.raises(MintError) as caught:
            await client.mint(MINI)
    assert caught.value.status == 401
    assert json.loads(caught.value.body or "")["error"]["code"] == "invalid_api_key"
    assert (caught.value.request_id or "").startswith("req_")


async def test_an_unknown_secret_is_refused_before_any_peer(client: RealtimeClient) -> None:
    """The error body never reaches the peer connection; the exception explains it."""
    with pytest.raises(SdpError) as caught:
        async with client.connect(secret="ek_00000000000000000000000000000000"):
            pass
    assert caught.value.status == 401
    assert caught.value.explanation is not None

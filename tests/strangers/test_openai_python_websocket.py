"""OpenAI's own Python SDK over WebSocket, unmodified, with only the base URL changed."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from openai import AsyncOpenAI, OpenAI
from websockets.exceptions import ConnectionClosedError

from conftest import API_KEY, Serve, Server
from spoken import chunks, pcm

PATIENCE_S = 20
COMPLETED = "conversation.item.input_audio_transcription.completed"
COMMITTED = "input_audio_buffer.committed"
STOPPED = "input_audio_buffer.speech_stopped"
INTENT = {"intent": "transcription"}
HELLO = "Hello from realtime-mock."


def transcription(**of_the_input: Any) -> Any:
    """A session.update's session: the model, and whatever else is said of the input."""
    given = {"transcription": {"model": "gpt-4o-mini-transcribe"}, **of_the_input}
    return {"type": "transcription", "audio": {"input": given}}


@pytest.fixture
async def server(serve: Serve) -> Server:
    """A server of today."""
    return await serve(era="ga")


async def _talk(client: AsyncOpenAI, session: Any, *, query: dict[str, str], commit: bool) -> list[Any]:
    """Say hello, and hear everything up to the transcript."""
    heard: list[Any] = []
    async with asyncio.timeout(PATIENCE_S), client.realtime.connect(extra_query=query) as connection:
        await connection.session.update(session=session)
        for audio in chunks(pcm("hello")):
            await connection.input_audio_buffer.append(audio=audio)
        if commit:
            await connection.input_audio_buffer.commit()
        async for event in connection:
            heard.append(event)
            if event.type == COMPLETED:
                break
    return heard


async def test_a_turn_is_transcribed(server: Server) -> None:
    """The server's turn detection ends the utterance; the deltas make up the transcript."""
    async with AsyncOpenAI(base_url=f"{server.url}/v1", api_key=API_KEY) as client:
        heard = await _talk(client, transcription(), query=INTENT, commit=False)
    assert heard[0].session.type == "transcription"
    assert STOPPED in [event.type for event in heard]
    deltas = [event.delta for event in heard if event.type.endswith("transcription.delta")]
    assert "".join(deltas) == heard[-1].transcript == HELLO


async def test_a_manual_commit(server: Server) -> None:
    """Without turn detection the client's commit makes the item."""
    async with AsyncOpenAI(base_url=f"{server.url}/v1", api_key=API_KEY) as client:
        heard = await _talk(client, transcription(turn_detection=None), query=INTENT, commit=True)
    kinds = [event.type for event in heard]
    assert (kinds.count(COMMITTED), kinds.count(STOPPED)) == (1, 0)
    assert heard[-1].transcript == HELLO


async def test_an_ephemeral_key_needs_no_query(server: Server) -> None:
    """Minted by the same SDK, it carries its session."""
    async with AsyncOpenAI(base_url=f"{server.url}/v1", api_key=API_KEY) as client:
        secret = await client.realtime.client_secrets.create(session=transcription())
    async with AsyncOpenAI(base_url=f"{server.url}/v1", api_key=secret.value) as client:
        heard = await _talk(client, transcription(), query={}, commit=False)
    assert heard[-1].transcript == HELLO


def _talk_sync(base_url: str) -> list[Any]:
    heard: list[Any] = []
    with (
        OpenAI(base_url=base_url, api_key=API_KEY) as client,
        client.realtime.connect(extra_query=INTENT) as connection,
    ):
        connection.session.update(session=transcription())
        for audio in chunks(pcm("hello")):
            connection.input_audio_buffer.append(audio=audio)
        for event in connection:
            heard.append(event)
            if event.type == COMPLETED:
                break
    return heard


async def test_the_synchronous_client(server: Server) -> None:
    """The same, from a thread that blocks."""
    async with asyncio.timeout(PATIENCE_S):
        heard = await asyncio.to_thread(_talk_sync, f"{server.url}/v1")
    assert heard[-1].transcript == HELLO


async def test_a_bad_key_surfaces(serve: Serve) -> None:
    """The upgrade succeeds; the error is an event, and the close has its code and reason."""
    server = await serve(era="ga", api_keys=("sk-the-only-one",))
    async with (
        asyncio.timeout(PATIENCE_S),
        AsyncOpenAI(base_url=f"{server.url}/v1", api_key=API_KEY) as client,
        client.realtime.connect(extra_query=INTENT) as connection,
    ):
        event = await connection.recv()
        assert event.type == "error"
        assert event.error.code == "invalid_api_key"
        with pytest.raises(ConnectionClosedError) as closed:
            await connection.recv()
    assert closed.value.rcvd is not None
    assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (
        3000,
        "invalid_request_error.invalid_api_key",
    )


async def test_the_beta_client(serve: Serve) -> None:
    """In the transition its header still opens a beta session, under beta's names."""
    server = await serve(era="transition")
    websockets = server.url.replace("http://", "ws://") + "/v1"
    async with (
        asyncio.timeout(PATIENCE_S),
        AsyncOpenAI(base_url=f"{server.url}/v1", websocket_base_url=websockets, api_key=API_KEY) as client,
        client.beta.realtime.connect(model="gpt-4o-realtime-preview") as connection,
    ):
        event = await connection.recv()
    assert event.type == "session.created"
    assert event.session.modalities is not None

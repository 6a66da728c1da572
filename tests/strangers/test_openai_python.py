"""OpenAI's own Python SDK, unmodified, with only the base URL changed."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from openai import AsyncOpenAI, AuthenticationError, BadRequestError

from conftest import API_KEY, Serve, Server
from peers import StockPeer, wav
from realtime_mock.scenario.library import fixtures

COMPLETED = "conversation.item.input_audio_transcription.completed"
TRANSCRIPTION = {
    "type": "transcription",
    "audio": {"input": {"transcription": {"model": "gpt-4o-mini-transcribe"}}},
}


@pytest.fixture
async def server(serve: Serve) -> Server:
    """A server of the transition: both surfaces."""
    return await serve(era="transition")


@pytest.fixture
async def client(server: Server) -> AsyncIterator[AsyncOpenAI]:
    """The stock client; an app would set OPENAI_BASE_URL."""
    async with AsyncOpenAI(base_url=f"{server.url}/v1", api_key=API_KEY, max_retries=0) as client:
        yield client


async def test_it_mints_ga(client: AsyncOpenAI) -> None:
    """client_secrets.create, typed on the way back."""
    secret = await client.realtime.client_secrets.create(session=TRANSCRIPTION)  # type: ignore[arg-type]
    assert secret.value.startswith("ek_")
    assert secret.session.type == "transcription"
    assert secret.session.audio.input.transcription.model == "gpt-4o-mini-transcribe"


async def test_it_mints_beta(client: AsyncOpenAI) -> None:
    """The two beta mints; the client announces itself with an OpenAI-Beta that is no dialect of ours."""
    session = await client.beta.realtime.sessions.create(model="gpt-4o-realtime-preview")
    transcription = await client.beta.realtime.transcription_sessions.create()
    assert session.client_secret.value.startswith("ek_")
    assert transcription.client_secret.value.startswith("ek_")


async def test_it_creates_a_call_that_is_transcribed(client: AsyncOpenAI, server: Server) -> None:
    """calls.create with the offer of a stock peer, which then connects and gets its transcript."""
    peer = StockPeer(wav(fixtures("audio") / "hello.wav"))
    try:
        response = await client.realtime.calls.create(
            sdp=await peer.own_offer(),
            session=TRANSCRIPTION,  # type: ignore[arg-type]
        )
        await peer.accept(response.text)
        assert response.response.headers["Location"].startswith("/v1/realtime/calls/rtc_")
        assert (await peer.until(COMPLETED))["transcript"] == "Hello from realtime-mock."
    finally:
        await peer.connection.close()


async def test_it_hangs_up(client: AsyncOpenAI, server: Server) -> None:
    """calls.hangup by the id of the Location header."""
    peer = StockPeer()
    try:
        response = await client.realtime.calls.create(sdp=await peer.own_offer(), session=TRANSCRIPTION)  # type: ignore[arg-type]
        await peer.accept(response.text)
        await peer.until("session.created")
        await client.realtime.calls.hangup(response.response.headers["Location"].rpartition("/")[2])
        assert server.emulator.calls == ()
    finally:
        await peer.connection.close()


async def test_it_surfaces_a_bad_request(client: AsyncOpenAI) -> None:
    """The API's error object becomes the SDK's own exception, code and param in it."""
    with pytest.raises(BadRequestError) as caught:
        await client.realtime.client_secrets.create(extra_body={"type": "realtime"})
    assert (caught.value.code, caught.value.param) == ("unknown_parameter", "type")
    assert caught.value.request_id is not None
    assert caught.value.request_id.startswith("req_")


async def test_it_surfaces_a_bad_key(serve: Serve) -> None:
    """A 401 with the API's code."""
    server = await serve(api_keys=("sk-the-only-one",))
    async with AsyncOpenAI(base_url=f"{server.url}/v1", api_key="sk-another", max_retries=0) as client:
        with pytest.raises(AuthenticationError) as caught:
            await client.realtime.client_secrets.create()
    assert caught.value.code == "invalid_api_key"

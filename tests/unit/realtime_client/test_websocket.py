"""Connecting over WebSocket: what is sent, how refusals and ends look, what is left behind (nothing)."""

from __future__ import annotations

import asyncio
import dataclasses
import random
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from interrupting import cancelled_at_every_wait, sdk_tasks
from realtime_client import (
    ClientSecret,
    ConfigurationError,
    ConnectError,
    ConnectionLost,
    ErrorEvent,
    PhaseTimeout,
    RealtimeClient,
    SessionRefused,
    Timeouts,
    TranscriptionSession,
    UpgradeError,
)
from ws_server import ITEM, Visit, WsServer, created, refuses, serving

API_KEY = "sk-000000000000"
SECRET = "ek_00000000000000000000000000000000"
CONFIG = TranscriptionSession("gpt-4o-mini-transcribe", turn_detection=None)
PATIENCE_S = 20
FRAME = bytes(range(240)) * 4
"""20 ms of 24 kHz mono s16le."""


@pytest.fixture
async def server() -> AsyncIterator[WsServer]:
    async with serving() as server:
        yield server


@pytest.fixture
async def client(server: WsServer) -> AsyncIterator[RealtimeClient]:
    async with asyncio.timeout(PATIENCE_S), RealtimeClient(API_KEY, base_url=server.url) as client:
        yield client


async def test_an_api_key_says_its_intent_and_then_its_configuration(
    server: WsServer, client: RealtimeClient
) -> None:
    """The URL has intent and no model, the key is a bearer, and session.update comes before anything else."""
    async with client.connect(CONFIG, transport="websocket") as session:
        (visit,) = server.visits
        update = await visit.received.get()
        assert (session.id, session.call_id) == ("sess_1", None)
    assert (visit.path, visit.key) == ("/v1/realtime?intent=transcription", f"Bearer {API_KEY}")
    assert update == {
        "type": "session.update",
        "event_id": update["event_id"],
        "session": CONFIG.to_json(),
    }


async def test_a_client_secret_carries_its_session(server: WsServer, client: RealtimeClient) -> None:
    """With an ephemeral key the URL is bare, and nothing is updated."""
    async with client.connect(secret=ClientSecret(SECRET), transport="websocket") as session:
        await session.commit()
        (visit,) = server.visits
        assert (await visit.received.get())["type"] == "input_audio_buffer.commit"
    assert (visit.path, visit.key) == ("/v1/realtime", f"Bearer {SECRET}")


async def test_sound_goes_in_tenths_of_a_second(server: WsServer, client: RealtimeClient) -> None:
    """Five frames are one append with an event_id of its own; what is left over goes with audio_sent()."""
    async with client.connect(CONFIG, transport="websocket") as session:
        line = session._line
        assert (line.rate, line.live) == (24_000, False)
        for _ in range(12):
            await line.put_frame(FRAME)
        await line.audio_sent()
        assert line.position_ms == 240
        (visit,) = server.visits
        assert await visit.hear(12 * len(FRAME)) == FRAME * 12
    assert [len(append["audio"]) * 3 // 4 for append in visit.appends] == [4800, 4800, 1920]
    assert len({append["event_id"] for append in visit.appends}) == 3


async def test_an_event_goes_after_the_sound_before_it(server: WsServer, client: RealtimeClient) -> None:
    """A commit in the middle of a tenth of a second sends what has gathered first."""
    async with client.connect(CONFIG, transport="websocket") as session:
        await session._line.put_frame(FRAME)
        await session.commit()
        (visit,) = server.visits
        while (await visit.received.get())["type"] != "input_audio_buffer.commit":
            pass
        assert bytes(visit.sound) == FRAME


async def test_an_error_about_sound_has_its_cause(server: WsServer, client: RealtimeClient) -> None:
    """An append is remembered without its sound, so that an error can be matched with it."""
    async with client.connect(CONFIG, transport="websocket") as session:
        await session._line.put_frame(FRAME)
        await session._line.audio_sent()
        (visit,) = server.visits
        await visit.hear(len(FRAME))
        event_id = visit.appends[0]["event_id"]
        await visit.say({"type": "error", "error": {"message": "no audio", "event_id": event_id}})
        async for event in session:
            if isinstance(event, ErrorEvent):
                break
    assert event.caused_by == {"type": "input_audio_buffer.append", "event_id": event_id}


async def test_a_file_and_its_transcript(server: WsServer, client: RealtimeClient, tone: Any) -> None:
    """The same methods as over WebRTC: stream, commit, flush, text."""
    async with client.connect(CONFIG, transport="websocket") as session:
        await session.stream(tone, pace="fast", commit=True)
        (visit,) = server.visits
        while (await visit.received.get())["type"] != "input_audio_buffer.commit":
            pass
        assert len(visit.sound) == 24_000
        await visit.say(
            {"type": "input_audio_buffer.committed", "item_id": "a", "previous_item_id": None},
            {"type": f"{ITEM}.completed", "item_id": "a", "transcript": "Hello there."},
        )
        async for turn in session.transcripts():
            assert turn.text == "Hello there."
            break


KEY_MESSAGE = "Incorrect API key provided: sk-00000000000000."


@pytest.mark.parametrize(
    ("code", "error", "known"),
    [
        (3000, {"type": "invalid_request_error", "code": "invalid_api_key"}, "key-refused"),
        (3000, {"type": "invalid_request_error", "message": "Missing bearer or basic"}, "no-key"),
        (4000, {"type": "invalid_request_error", "code": "missing_model"}, "websocket-missing-model"),
        (
            4000,
            {"code": "invalid_model", "message": "You must not provide a model parameter for"},
            "websocket-model-not-allowed",
        ),
        (4000, {"code": "beta_api_shape_disabled"}, "websocket-beta-disabled"),
        (4000, {"code": "api_version_mismatch"}, "websocket-api-version-mismatch"),
        (4004, {"code": "model_not_found"}, "model-not-found"),
        (1013, {"type": "insufficient_quota", "code": "credit_balance_exhausted"}, "quota"),
        (1013, {"type": "insufficient_quota", "code": "insufficient_quota"}, "quota"),
    ],
)
async def test_a_refusal_after_the_101_is_explained(
    server: WsServer, client: RealtimeClient, code: int, error: dict[str, Any], known: str
) -> None:
    """The error event and the close code become one exception, with the likely causes and without the key."""
    server.greet = refuses(code, "type.code", {"message": KEY_MESSAGE, **error})
    with pytest.raises(SessionRefused) as caught:
        async with client.connect(CONFIG, transport="websocket"):
            pass
    refused = caught.value
    assert (refused.phase, refused.close_code) == ("first event", code)
    assert refused.event.code == error.get("code")
    assert refused.explanation is not None
    assert refused.explanation.known == known
    assert refused.explanation.certain >= 1
    assert f"close code: {code}" in str(refused)
    assert "sk-0000" not in str(refused)


async def test_a_refused_configuration(server: WsServer, client: RealtimeClient) -> None:
    """An error in answer to the first session.update is a failure of the phase "session"."""

    async def greet(visit: Visit) -> None:
        await visit.say(created())
        update = await visit.socket.receive_json()
        error = {"code": "invalid_value", "message": "No.", "event_id": update["event_id"]}
        await visit.say({"type": "error", "error": error})

    server.greet = greet
    with pytest.raises(SessionRefused, match=r"^session: the server refuses: invalid_value: No") as caught:
        async with client.connect(CONFIG, transport="websocket"):
            pass
    assert (caught.value.phase, caught.value.close_code) == ("session", None)


async def test_a_server_that_goes_before_the_first_event(server: WsServer, client: RealtimeClient) -> None:
    """A close without an error event names the phase and the code."""

    async def greet(visit: Visit) -> None:
        await visit.socket.close(code=1011, message=b"oops")

    server.greet = greet
    with pytest.raises(
        ConnectError, match=r"^first event: The server closed the WebSocket \(1011\): oops\.$"
    ):
        async with client.connect(CONFIG, transport="websocket"):
            pass


@pytest.mark.parametrize("status", [401, 403, 404, 500])
async def test_an_http_answer_in_place_of_a_websocket(
    server: WsServer, client: RealtimeClient, status: int
) -> None:
    """Status and request id are kept, the key is in nothing that is kept."""

    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=status, headers={"x-request-id": "req_1"})

    server.upgrade = answer
    with pytest.raises(UpgradeError) as caught:
        async with client.connect(CONFIG, transport="websocket"):
            pass
    assert (caught.value.status, caught.value.request_id) == (status, "req_1")
    assert caught.value.__cause__ is None
    assert f"HTTP {status} in place of a WebSocket" in str(caught.value)


async def test_a_server_that_is_not_there(unused_tcp_port: int) -> None:
    """No answer at all is an UpgradeError without a status."""
    async with RealtimeClient(API_KEY, base_url=f"http://127.0.0.1:{unused_tcp_port}/v1") as client:
        with pytest.raises(UpgradeError, match=r"^No answer from http://127\.0\.0\.1") as caught:
            async with client.connect(CONFIG, transport="websocket"):
                pass
    assert caught.value.status is None


@pytest.mark.parametrize("phase", ["WebSocket", "first event", "session"])
async def test_each_phase_has_its_limit(server: WsServer, phase: str) -> None:
    """A server that stalls in a phase gives a PhaseTimeout that names it, and is left alone afterwards."""
    stall_in(server, phase)
    limits = dataclasses.replace(Timeouts(), **{phase.lower().replace(" ", "_"): 0.2})
    async with (
        asyncio.timeout(PATIENCE_S),
        RealtimeClient(API_KEY, base_url=server.url, timeouts=limits) as client,
    ):
        with pytest.raises(PhaseTimeout, match=f"^{phase}: not done after 0.2 s") as caught:
            async with client.connect(CONFIG, transport="websocket"):
                pass
    assert caught.value.phase == phase


def stall_in(server: WsServer, phase: str) -> None:
    """Make the server do nothing more from ``phase`` on."""
    released = asyncio.Event()

    async def never(_: web.Request) -> None:
        await released.wait()

    async def silent(visit: Visit) -> None:
        await visit.socket.receive()

    async def deaf(visit: Visit) -> None:
        await visit.say(created())
        await visit.socket.receive()
        await visit.socket.receive()

    match phase:
        case "WebSocket":
            server.upgrade = never
        case "first event":
            server.greet = silent
        case _:
            server.greet = deaf


async def test_the_end_of_the_session_is_told(server: WsServer, client: RealtimeClient) -> None:
    """The expiry's error event and close come as ConnectionLost, with code, reason and the error."""
    async with client.connect(CONFIG, transport="websocket") as session:
        (visit,) = server.visits
        message = "Your session hit the maximum duration of 60 minutes."
        await visit.say({"type": "error", "error": {"code": "session_expired", "message": message}})
        await visit.socket.close(code=1001, message=message.encode())
        with pytest.raises(ConnectionLost, match=r"\(1001\): Your session hit") as caught:
            [event async for event in session]
        with pytest.raises(ConnectionLost):
            await session.commit()
    assert caught.value.close_code == 1001
    assert caught.value.last_error is not None
    assert caught.value.last_error.code == "session_expired"


async def test_a_dead_server_is_noticed(server: WsServer) -> None:
    """A server that answers no ping counts as gone; the heartbeat's time is a setting."""
    heartbeat = Timeouts(heartbeat=0.2)

    async def greet(visit: Visit) -> None:
        await visit.say(created(), {"type": "session.updated", "session": {}})
        visit.stop_reading()
        await asyncio.Event().wait()

    server.greet = greet
    async with (
        asyncio.timeout(PATIENCE_S),
        RealtimeClient(API_KEY, base_url=server.url, timeouts=heartbeat) as client,
        client.connect(CONFIG, transport="websocket") as session,
    ):
        with pytest.raises(ConnectionLost, match="1006"):
            [event async for event in session]


async def test_a_server_that_reads_nothing_slows_the_sender_down(server: WsServer) -> None:
    """put_frame() waits when the network takes nothing more; closing does not wait for it."""
    server.reads = False
    quick = Timeouts(close=0.1)

    async def greet(visit: Visit) -> None:
        await visit.say(created())
        visit.stop_reading()

    server.greet = greet
    sent, noise = 0, random.Random(0)
    async with (
        asyncio.timeout(PATIENCE_S),
        RealtimeClient(API_KEY, base_url=server.url, timeouts=quick) as client,
        client.connect(secret=SECRET, transport="websocket") as session,
    ):

        async def pour() -> None:
            nonlocal sent
            while True:
                await session._line.put_frame(noise.randbytes(960))
                sent += 960

        pouring = asyncio.create_task(pour())
        before = -1
        while before != sent:
            before = sent
            for _ in range(1000):
                await asyncio.sleep(0)
        pouring.cancel()
    assert 0 < sent < 64 * 2**20


async def test_cancelled_at_every_wait_nothing_is_left(server: WsServer, client: RealtimeClient) -> None:
    """Connecting is cancelled at its first wait, its second, and so on, until it has no more."""

    async def whole() -> None:
        async with client.connect(CONFIG, transport="websocket"):
            pass

    async def nothing_is_left() -> None:
        if server.visits:
            await server.emptied.wait()
        assert sdk_tasks() == []

    assert await cancelled_at_every_wait(whole, nothing_is_left) > 5


async def test_an_unknown_transport_is_told_at_once(client: RealtimeClient) -> None:
    """Before anything is sent."""
    with pytest.raises(ConfigurationError, match="'webrtc' or 'websocket'"):
        client.connect(CONFIG, transport="carrier pigeon")  # type: ignore[arg-type]
